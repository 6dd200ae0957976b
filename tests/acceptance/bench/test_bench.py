"""``partsearch bench`` on a real site, with rounds of a second: its record, and how it ends."""

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from partsearch.bench.analysis.histogram import answers
from partsearch.bench.record import Run, read_run
from tests.support.site import RunningSite, free_environment
from tests.support.slow_server import PART, SlowServer

QUICK = ("--duration", "1", "--rounds", "1", "--connections", "10", "--threads", "2")
PARTS = 300


def record_of(site: RunningSite) -> Path:
    """Return the only record of this site; the fixture removes it with the rest."""
    (file,) = (site.home / "bench").glob("*.json")
    return file


@pytest.fixture(scope="module")
def measured(live_site: RunningSite) -> Iterator[tuple[Run, str]]:
    """Yield a run of everything but the sweep of connections, and its output."""
    assert live_site.run("generate", str(PARTS)).returncode == 0
    done = live_site.run("bench", *QUICK, "--service", "fastapi", "--sizes", str(PARTS))
    assert done.returncode == 0, done.stdout + done.stderr
    yield read_run(record_of(live_site)), done.stdout
    subprocess.run(["rm", "-r", str(live_site.home / "bench")], check=True)


def test_the_record_of_a_run_is_complete(measured: tuple[Run, str]) -> None:
    run, _ = measured
    assert run.is_complete
    assert [target.name for target in run.targets] == ["fastapi", "fastapi-nginx"]
    assert [one.target for one in run.rounds] == ["fastapi", "fastapi-nginx"]
    assert [len(one.first) for one in run.noise] == [1]
    assert [(one.target, one.share) for one in run.open_loop] == [("fastapi", share) for share in (0.5, 0.7, 0.9)]
    assert [(step.parts, len(step.rounds)) for step in run.sweep.sizes] == [(PARTS, 1)]
    assert [one.target for one in run.budget] == ["fastapi", "fastapi-nginx"]
    for one in (*run.rounds, *run.noise[0].first, *run.sweep.sizes[0].rounds):
        assert one.failed == 0
        assert one.requests == answers(one.latency) > 0


def test_every_request_finds_something(measured: tuple[Run, str]) -> None:
    run, _ = measured
    found = run.parity.matches["mix"]
    assert len(found) == len(run.scenarios[0].requests) > 50
    assert sum(map(bool, found)) > 0.8 * len(found)


def test_its_commands_can_be_repeated(measured: tuple[Run, str]) -> None:
    run, _ = measured
    again = subprocess.run(shlex.split(run.rounds[0].command), capture_output=True, text=True, timeout=30)
    assert re.search(r"^Requests/sec: +[1-9]", again.stdout, re.MULTILINE), again.stdout + again.stderr
    assert "Non-2xx" not in again.stdout


def test_its_record_holds_no_secret(measured: tuple[Run, str], live_site: RunningSite) -> None:
    text = record_of(live_site).read_text()
    for secret in re.findall(r"(?:password=|:)([^\s@:/]{8,})@?", live_site.conninfo):
        assert secret not in text
    assert live_site.environment["SECRET_KEY"] not in text


def test_the_site_of_another_size_is_stopped_and_its_catalog_kept(
    measured: tuple[Run, str], live_site: RunningSite
) -> None:
    home = live_site.home / "bench" / f"catalog-{PARTS}"
    assert (home / "postgres").is_dir()
    assert not [one for one in psutil.process_iter(["cmdline"]) if str(home) in " ".join(one.info["cmdline"] or [])]


def test_ctrl_c_keeps_the_results_so_far_and_leaves_nothing_running(live_site: RunningSite, measured: object) -> None:
    partsearch = str(Path(sys.executable).parent / "partsearch")
    command = [partsearch, "bench", *QUICK, "--rounds", "50", "--service", "fastapi"]
    before = set((live_site.home / "bench").glob("*.json"))
    with subprocess.Popen(
        command, env=live_site.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as bench:
        assert bench.stderr
        # By the second step of A/A its first one is done.
        next(line for line in bench.stderr if "A/A, second" in line)
        load = psutil.Process(bench.pid).children(recursive=True)
        bench.send_signal(signal.SIGINT)
        error_output = bench.communicate(timeout=30)[1]
    assert bench.returncode == 1
    (kept,) = set((live_site.home / "bench").glob("*.json")) - before
    run = read_run(kept)
    assert (run.is_complete, run.rounds) == (False, ())
    assert "stopped" in error_output
    assert kept.name in error_output
    assert not [one for one in load if one.is_running()]
    kept.unlink()


def test_plain_services_are_measured_beside_the_tuned_ones(live_site: RunningSite, measured: object) -> None:
    before = set((live_site.home / "bench").glob("*.json"))
    names = ["django", "fastapi", "django-plain", "fastapi-plain"]
    options = [option for name in names for option in ("--service", name)]
    done = live_site.run("bench", *QUICK, *options, "--door", "direct", "--no-open-loop")
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = set((live_site.home / "bench").glob("*.json")) - before
    run = read_run(file)
    assert [target.name for target in run.targets] == names
    assert [(one.target, one.failed) for one in run.rounds] == [(name, 0) for name in names]
    assert run.machine.workers["django-plain"] == run.machine.workers["django"]
    assert run.machine.pool["fastapi-plain"] == run.machine.pool["fastapi"]
    statements = {count.target: count.statements for count in run.parity.statements}
    # asyncpg's pool resets a connection by four statements when it gets it back.
    assert statements["django-plain"] == pytest.approx(2, abs=0.2)
    assert statements["fastapi-plain"] == pytest.approx(6, abs=0.2)
    for budget in run.budget:
        assert budget.cpu_seconds[budget.target] > 0.1
        assert budget.memory_bytes[budget.target] > 2**20
    assert "Plain Django / Django" in done.stdout
    ports = [int(target.address.rpartition(":")[2]) for target in run.targets if "plain" in target.name]
    assert not [one for one in psutil.net_connections() if one.laddr and one.laddr.port in ports and not one.raddr]
    file.unlink()


def test_services_with_different_answers_are_not_measured(live_site: RunningSite, measured: object) -> None:
    with SlowServer(answer={"response": [PART], "count": 2, "summ": 2300}).running() as server:
        done = live_site.run("bench", *QUICK, "--url", f"other={server.url}", "--service", "fastapi")
    assert done.returncode == 1
    assert "differ" in done.stderr
    assert "Traceback" not in done.stderr
    assert server.requests.total() < 10


def test_siege_measures_an_address_without_a_site(home: Path) -> None:
    nowhere = RunningSite(free_environment(home))
    with SlowServer(fast=0.001).running() as server:
        done = nowhere.run("bench", *QUICK, "--url", f"known={server.url}", "--generator", "siege", "--no-open-loop")
    assert done.returncode == 0, done.stderr
    run = read_run(record_of(nowhere))
    assert [(one.target, one.latency) for one in run.rounds] == [("known", ())]
    assert run.rounds[0].requests > 0


def test_a_site_that_is_down_is_not_measured(home: Path) -> None:
    done = RunningSite(free_environment(home)).run("bench")
    assert done.returncode == 1
    assert "partsearch up" in done.stderr
    assert "partsearch generate 10000" in done.stderr


def test_a_missing_wrk_is_reported_with_how_to_install_it(live_site: RunningSite) -> None:
    done = live_site.run("bench", PATH="/nowhere")
    assert done.returncode == 1
    assert "apt install wrk" in done.stderr
