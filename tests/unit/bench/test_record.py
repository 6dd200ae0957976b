"""The record of a run: it can be read again, also one of an earlier release; other files are rejected."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from partsearch.bench.analysis.run_comparison import compare
from partsearch.bench.errors import RecordError
from partsearch.bench.record import Run, read_run
from partsearch.bench.report import JsonExporter
from tests.unit.bench.runs import made_round, made_run

OLD_RECORD = Path(__file__).with_name("run_of_an_earlier_release.json")


def test_a_run_survives_its_json() -> None:
    run = made_run()
    assert Run.from_json(run.to_json()) == run


def test_an_exported_run_can_be_read(tmp_path: Path) -> None:
    (file,) = JsonExporter(tmp_path / "run.json").export(made_run())
    assert read_run(file) == made_run()


def test_a_record_of_an_earlier_release_is_read_and_compared() -> None:
    old = read_run(OLD_RECORD)
    assert (old.parity.answers, old.warnings[0].advice) == (2, "End other programs and measure again.")
    comparison = compare(old, made_run(fastapi=700, rounds=3))
    assert comparison.is_regression
    assert {change.target.name for change in comparison.changes} == {"django", "fastapi"}


def test_the_fields_of_a_record_keep_their_names() -> None:
    text = OLD_RECORD.read_bytes()
    assert orjson.loads(read_run(OLD_RECORD).to_json()) == orjson.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        made_run().to_json().replace(b'"format":1', b'"format":2'),
        b'{"format": 1}',
        made_run().to_json().replace(b'"rounds":5', b'"rounds":"x"'),
    ],
)
def test_a_file_without_a_run_is_rejected(text: bytes) -> None:
    with pytest.raises(RecordError) as caught:
        Run.from_json(text)
    assert "no run" in str(caught.value)
    assert caught.value.next_step


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"nowhere\.json"):
        read_run(tmp_path / "nowhere.json")


def test_failed_requests_are_not_in_the_rate() -> None:
    failing = replace(made_round(rate=100), non_2xx=900, timed_out=3, socket_errors={"read": 4})
    assert (failing.rate, failing.failed, failing.is_latency_clean) == (9.7, 907, False)
