"""wrk and siege, against a server that logs what it did."""

from pathlib import Path
from statistics import mean

import pytest

from partsearch.bench.analysis.histogram import answers, little_ratio, percentile
from partsearch.bench.analysis.histogram import mean as histogram_mean
from partsearch.bench.errors import LoadError, ProgramMissingError
from partsearch.bench.load import wrk
from partsearch.bench.load.siege import Siege
from partsearch.bench.load.wrk import Wrk
from partsearch.bench.record import Request, Round, Scenario, Target
from tests.support.site import free_ports
from tests.support.slow_server import SlowServer

BODY = '{"part_name": "бампер \\" # $x", "params": {"a": "b & c"}}'
BOTH = Scenario("both", "", (Request("POST", "/search/part/", BODY), Request("GET", "/search/part/?part_name=%D1%84")))


def target(server: SlowServer, path: str = "") -> Target:
    return Target("known", server.url + path, None)


def restored(folder: Path, server: SlowServer, seconds: int = 2) -> Round:
    """Return a round of wrk on a server where 98 % of the answers take 5 ms, and 2 % take 400 ms."""
    measured = Wrk(folder, threads=2, timeout=10).load(target(server), BOTH, connections=20, seconds=seconds, number=1)
    assert measured.failed == 0
    return measured


def test_the_latencies_that_wrk_measured_are_restored(tmp_path: Path) -> None:
    with SlowServer(fast=0.005, slow=0.4, slow_share=0.02).running() as server:
        measured = restored(tmp_path, server)
    assert answers(measured.latency) == measured.requests
    assert answers(measured.latency_as_given) > 1.2 * measured.requests
    given_90, restored_90 = percentile(measured.latency_as_given, 90), percentile(measured.latency, 90)
    assert given_90 is not None and restored_90 is not None
    assert restored_90 < 0.1 < given_90
    assert histogram_mean(measured.latency) == pytest.approx(mean(server.seconds), rel=0.35)
    assert little_ratio(measured) == pytest.approx(1, abs=0.2)


def test_without_access_to_its_memory_wrk_reports_each_latency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "wrk.lua"
    script.write_text(wrk._SCRIPT.read_text().replace('require("ffi")', 'require("no ffi")'))
    monkeypatch.setattr(wrk, "_SCRIPT", script)
    with SlowServer(fast=0.005, slow=0.4, slow_share=0.02).running() as server:
        measured = restored(tmp_path, server, seconds=1)
    assert answers(measured.latency) == measured.requests > 0


def test_wrk_sends_all_requests_of_a_scenario_in_turn(tmp_path: Path) -> None:
    with SlowServer(fast=0.005).running() as server:
        measured = Wrk(tmp_path, threads=4, timeout=10).load(target(server, "/route"), BOTH, 10, 1, 1)
    assert set(server.requests) == {
        ("POST", "/route/search/part/", BODY),
        ("GET", "/route/search/part/?part_name=%D1%84", ""),
    }
    counts = server.requests.values()
    assert max(counts) < 1.2 * min(counts)
    assert (measured.threads, measured.connections) == (2, 10)
    assert measured.statuses == {"200": measured.requests}


def test_failures_are_counted_and_not_in_the_rate(tmp_path: Path) -> None:
    with SlowServer(fast=0.005, failing=10).running() as server:
        measured = Wrk(tmp_path, threads=1, timeout=10).load(target(server), BOTH, 10, 1, 1)
    assert server.statuses[503] - 10 <= measured.non_2xx <= server.statuses[503]
    assert measured.rate == pytest.approx((measured.requests - measured.non_2xx) / measured.seconds)
    assert not measured.is_latency_clean


def test_requests_without_an_answer_are_counted(tmp_path: Path) -> None:
    with SlowServer(fast=0.005, closing=10).running() as server:
        measured = Wrk(tmp_path, threads=1, timeout=10).load(target(server), BOTH, 10, 1, 1)
    assert measured.socket_errors["read"] == pytest.approx(server.requests.total() // 10, abs=3)


def test_late_answers_time_out_and_are_in_no_histogram(tmp_path: Path) -> None:
    with SlowServer(fast=1.1).running() as server:
        measured = Wrk(tmp_path, threads=1, timeout=1).load(target(server), BOTH, 3, 2, 1)
    assert (measured.timed_out, measured.rate) == (3, 0)
    assert measured.latency == ()


def test_siege_reports_the_same_without_a_histogram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with SlowServer(fast=0.005, failing=10).running() as server:
        measured = Siege(tmp_path, timeout=10).load(target(server), BOTH, connections=5, seconds=1, number=1)
    assert set(server.requests) == {("POST", "/search/part/", BODY), ("GET", "/search/part/?part_name=%D1%84", "")}
    assert measured.requests == pytest.approx(server.statuses[200], abs=10)
    assert measured.failed == pytest.approx(server.statuses[503], abs=10)
    assert measured.latency == ()
    assert measured.latency_mean == pytest.approx(0.01, abs=0.01)
    assert not (tmp_path / ".siege").exists()


def test_a_missing_program_is_named_with_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramMissingError, match="wrk is not installed") as caught:
        Wrk(tmp_path, threads=1, timeout=10)
    assert "apt install wrk" in caught.value.next_step


def test_where_nothing_listens_wrk_fails_with_its_reason(tmp_path: Path) -> None:
    nobody = Target("nobody", f"http://127.0.0.1:{free_ports(1)[0]}", None)
    with pytest.raises(LoadError, match="Connection refused"):
        Wrk(tmp_path, threads=1, timeout=1).load(nobody, BOTH, 2, 1, 1)
