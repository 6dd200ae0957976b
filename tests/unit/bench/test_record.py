"""The record of a run: what is written can be read again, and what is not a run is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from partsearch.bench.errors import RecordError
from partsearch.bench.record import Run, read_run
from tests.unit.bench.runs import made_round, made_run


def test_a_run_survives_its_json() -> None:
    run = made_run()
    assert Run.from_json(run.to_json()) == run


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
def test_what_is_not_a_run_is_refused(text: bytes) -> None:
    with pytest.raises(RecordError) as caught:
        Run.from_json(text)
    assert "no run" in str(caught.value)
    assert caught.value.next_step


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"nowhere\.json"):
        read_run(tmp_path / "nowhere.json")


def test_failed_requests_are_no_throughput() -> None:
    failing = replace(made_round(rate=100), non_2xx=900, timed_out=3, socket_errors={"read": 4})
    assert (failing.rate, failing.failed, failing.is_latency_clean) == (9.7, 907, False)
