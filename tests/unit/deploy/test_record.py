"""Deployment records on disk: complete, and the same for the release before and the release after."""

import json
from pathlib import Path

import pytest

from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.state.record import (
    DeploymentRecord,
    DeploymentRecords,
    ReleaseStats,
    State,
    Step,
    TimelinePoint,
)
from partsearch.operation.names import Slot
from tests.unit.deploy.sample_records import sample_record

_WRITTEN_BY_RELEASE_0_1 = """
{
 "name": "2026-11-25-101500-123",
 "kind": "deploy",
 "source": "v2",
 "began": 1800000000.0,
 "pid": 7,
 "state": "shifting",
 "ended": null,
 "old_release": "0.1.0-aaa",
 "old_digest": "d1",
 "old_colour": "blue",
 "new_release": "0.2.0-bbb",
 "new_colour": "green",
 "share": 25,
 "reason": "Why.",
 "returned_seconds": 0.25,
 "requests": 40,
 "failed": 1,
 "sockets": 3,
 "cut": 2,
 "thresholds": {
  "steps": [
   25,
   100
  ],
  "probes": 3
 },
 "steps": [
  {
   "state": "proving",
   "share": 0,
   "began": 1800000001.0,
   "ended": 1800000002.0,
   "note": "found"
  },
  {
   "state": "shifting",
   "share": 25,
   "began": 1800000002.0,
   "ended": null,
   "note": ""
  }
 ],
 "moments": [
  {
   "at": 1800000003.0,
   "share": 25,
   "old": {
    "requests": 30,
    "errors": 0,
    "p99": 12.5,
    "in_flight": 3
   },
   "new": {
    "requests": 10,
    "errors": 1,
    "p99": 11.0,
    "in_flight": 1
   }
  }
 ]
}
"""
"""A record as every release writes and reads it. Its keys and values must not change."""
_SAME_RECORD = DeploymentRecord(
    name="2026-11-25-101500-123",
    kind="deploy",
    source="v2",
    began=1800000000.0,
    pid=7,
    state=State.ROLLING_OUT,
    old_release="0.1.0-aaa",
    old_digest="d1",
    old_slot=Slot.BLUE,
    new_release="0.2.0-bbb",
    new_slot=Slot.GREEN,
    weight=25,
    reason="Why.",
    rollback_seconds=0.25,
    requests=40,
    failed=1,
    moved_sockets=3,
    cut=2,
    thresholds={"steps": [25, 100], "probes": 3},
    steps=[
        Step(State.VERIFYING, 0, 1800000001.0, 1800000002.0, "found"),
        Step(State.ROLLING_OUT, 25, 1800000002.0),
    ],
    timeline=[TimelinePoint(1800000003.0, 25, ReleaseStats(30, 0, 12.5, 3), ReleaseStats(10, 1, 11.0, 1))],
)


def test_the_release_before_reads_what_this_one_writes() -> None:
    assert json.loads(_SAME_RECORD.as_json()) == json.loads(_WRITTEN_BY_RELEASE_0_1)


def test_this_release_reads_what_the_one_before_writes() -> None:
    assert DeploymentRecord.from_json(_WRITTEN_BY_RELEASE_0_1) == _SAME_RECORD


def test_the_states_keep_their_values() -> None:
    assert [str(state) for state in State] == [
        *("building", "checking migrations", "migrating", "starting", "proving", "shifting", "draining", "stopping"),
        *("rolling back", "done", "rolled back", "failed"),
    ]


def test_a_record_is_read_as_it_was_written() -> None:
    assert DeploymentRecord.from_json(sample_record().as_json()) == sample_record()
    assert Thresholds.from_json(DeploymentRecord.from_json(sample_record().as_json()).thresholds) == Thresholds()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"state": "dancing"}'])
def test_a_text_that_is_not_a_record_raises(text: str) -> None:
    with pytest.raises(ValueError):
        DeploymentRecord.from_json(text)


def test_the_newest_record_is_unfinished_unless_its_state_is_final(tmp_path: Path) -> None:
    records = DeploymentRecords(tmp_path)
    records.folder.mkdir()
    assert records.unfinished() is None
    for name, state in (("2026-01", State.ROLLING_OUT), ("2026-02", State.DONE)):
        records.write(sample_record(name, state))
    assert records.unfinished() is None
    records.write(sample_record("2026-03", State.DRAINING))
    unfinished = records.unfinished()
    assert unfinished
    assert unfinished.name == "2026-03"


def test_a_record_that_cannot_be_read_is_skipped(tmp_path: Path) -> None:
    records = DeploymentRecords(tmp_path)
    records.folder.mkdir()
    records.write(sample_record("2026-01"))
    (records.folder / "2026-02.json").write_text("half a rec")
    assert [record.name for record in records.newest_first()] == ["2026-01"]
