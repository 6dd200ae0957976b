"""Requests at a fixed rate: their latency counts from the intended start."""

import statistics
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest

from partsearch.bench.errors import LoadError
from partsearch.bench.load.open_loop.measurement import OpenLoop, slower_rate
from partsearch.bench.record import Histogram, OpenLoopRound, Request, Scenario, Target
from tests.support.site import free_ports
from tests.unit.bench.runs import made_round
from tests.unit.bench.scripted_server import STALL_SECONDS, read_log, scripted_server

RATE = 200.0


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with scripted_server() as address:
        yield address


def measure(address: str, folder: Path, *paths: str, seconds: float = 0.5, timeout: float = 2) -> OpenLoopRound:
    """Send requests for the paths in turn, over four connections."""
    scenario = Scenario("odd", "", tuple(Request("GET", path) for path in paths))
    target = Target("odd", address, None, host="odd.example")
    return OpenLoop(4, seconds, timeout, folder).measure(target, scenario, 0.5, RATE)


def seconds_of(latency: Histogram) -> list[float]:
    return [microseconds / 1e6 for microseconds, count in latency for _ in repeat(None, count)]


def test_latency_counts_from_the_intended_start(address: str, tmp_path: Path) -> None:
    began = len(read_log(address))
    found = measure(address, tmp_path, *["/ok"] * 50, "/stall", *["/ok"] * 200, seconds=1)
    log = read_log(address)[began:]
    first = log[0][0]
    true = sorted(answered - (first + number / RATE) for number, (_, answered) in enumerate(log))
    measured = seconds_of(found.latency)
    assert len(measured) == len(true) == RATE
    assert statistics.mean(measured) == pytest.approx(statistics.mean(true), abs=0.015)
    assert max(measured) == pytest.approx(max(true), abs=0.05)
    # Latencies counted from the sending would show the stall only in the requests of that moment.
    late = [seconds for seconds in measured if seconds > STALL_SECONDS / 3]
    assert len(late) >= STALL_SECONDS * RATE / 2
    assert sum(answered - received > STALL_SECONDS / 3 for received, answered in log) < len(late) / 5


def test_the_rate_does_not_depend_on_the_answers(address: str, tmp_path: Path) -> None:
    found = measure(address, tmp_path, "/ok")
    assert (found.requests, found.non_2xx, found.failed) == (100, 0, {})
    assert found.rate_reached == pytest.approx(RATE, rel=0.1)
    assert found.seconds == pytest.approx(0.5, rel=0.1)
    assert address in found.command


def test_errors_are_counted_by_their_status(address: str, tmp_path: Path) -> None:
    found = measure(address, tmp_path, "/ok", "/503")
    assert (found.requests, found.non_2xx) == (100, 50)


@pytest.mark.parametrize(("path", "kind"), [("/close", "read"), ("/silent", "timeout")])
def test_every_request_has_a_result(address: str, tmp_path: Path, path: str, kind: str) -> None:
    found = measure(address, tmp_path, *["/ok"] * 9, path, timeout=0.2)
    assert found.failed[kind] >= 10
    assert set(found.failed) == {kind}
    assert found.requests + found.failed[kind] == 100


def test_an_address_without_a_server_is_reported(tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_ports(1)[0]}"
    with pytest.raises(LoadError, match=f"{nowhere} cannot be reached"):
        measure(nowhere, tmp_path, "/ok")


def test_the_slower_rate_is_the_lowest_median() -> None:
    rounds = [made_round("fastapi", rate) for rate in (1000, 1010, 5)] + [made_round("django", 400)]
    assert slower_rate(rounds, "mix") == pytest.approx(400)
    assert slower_rate(rounds, "other") == 0
