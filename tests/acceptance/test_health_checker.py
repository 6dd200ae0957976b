"""The health checker: an unhealthy slot gets no traffic, and a healthy one takes over by itself."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from partsearch.operation.names import Service, Slot
from tests.acceptance.test_database_unavailable import postgres_stopped
from tests.support.as_account import as_account
from tests.support.deadline import wait_for
from tests.support.site import RunningSite
from tests.support.slots import NEXT_RELEASE, BothSlots

pytestmark = pytest.mark.alone

_NOTICED_SECONDS = 3.0
_AWAY_SECONDS = 6.0
_RESTART_SECONDS = 30.0
_FASTAPI = ("/healthz",)
_DJANGO = ("/django/healthz",)
_GREEN = (Slot.GREEN, Service.FASTAPI)
_BLUE = (Slot.BLUE, Service.FASTAPI)


@pytest.fixture(scope="module")
def both(live_site: RunningSite) -> Iterator[BothSlots]:
    with BothSlots.started(live_site) as both:
        yield both


@pytest.fixture(autouse=True)
def all_healthy(both: BothSlots) -> Iterator[None]:
    """Each test begins and ends with two healthy slots, outside of a deployment."""
    both.set_traffic()
    wait_for(lambda: is_all_healthy(both), what="that all are healthy")
    yield
    both.set_traffic()
    wait_for(lambda: is_all_healthy(both), what="that all are healthy again")


def is_all_healthy(both: BothSlots) -> bool:
    return all(both.is_healthy(slot, service) for slot in Slot for service in (Service.DJANGO, Service.FASTAPI))


@contextmanager
def part_locked(site: RunningSite) -> Iterator[None]:
    """No search can read the parts until the end of the block."""
    with psycopg.connect(site.conninfo) as blocker:
        blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        yield


def wait_until_unhealthy(both: BothSlots, *target: object) -> None:
    wait_for(lambda: both.is_healthy(*target) is False, _NOTICED_SECONDS, f"that {target} is unhealthy")  # type: ignore[arg-type]


def test_a_frozen_slot_gets_no_traffic_and_gets_it_back(both: BothSlots) -> None:
    both.set_traffic(50)
    with both.suspended(_GREEN):
        wait_until_unhealthy(both, *_GREEN)
        answers = both.ask(100, _FASTAPI)
        assert (answers.releases[NEXT_RELEASE], answers.failed) == (0, [])
        assert 0 < both.ask(100, _DJANGO).releases[NEXT_RELEASE] < 100, "its Django is healthy"
    wait_for(lambda: both.ask(20, _FASTAPI).releases[NEXT_RELEASE], _NOTICED_SECONDS, "that green has its weight again")


@pytest.mark.parametrize("service", [Service.DJANGO, Service.FASTAPI])
def test_a_killed_slot_gets_no_traffic_and_gets_it_back(both: BothSlots, service: Service) -> None:
    both.set_traffic(100)
    both.kill(Slot.GREEN, service)
    wait_until_unhealthy(both, Slot.GREEN, service)
    paths = _DJANGO if service is Service.DJANGO else _FASTAPI
    answers = both.ask(20, paths)
    assert (answers.releases[NEXT_RELEASE], answers.failed) == (0, [])
    wait_for(lambda: both.ask(10, paths).releases == {NEXT_RELEASE: 10}, what="that green has its traffic again")


def test_the_other_healthy_slot_takes_over_outside_of_a_deployment(both: BothSlots) -> None:
    with both.suspended(_BLUE):
        wait_until_unhealthy(both, *_BLUE)
        answers = both.ask(50, _FASTAPI)
        assert (answers.releases, answers.failed) == ({NEXT_RELEASE: 50}, [])
        states = {
            (process["service"], process["colour"]): process["is_well"]
            for process in both.running.status()["processes"]
            if process["colour"]
        }
        assert [target for target, is_healthy in states.items() if not is_healthy] == [("fastapi", "blue")]
    wait_for(
        lambda: both.ask(10, _FASTAPI).releases[NEXT_RELEASE] == 0, _NOTICED_SECONDS, "that blue has its traffic again"
    )


def test_if_both_are_unhealthy_the_traffic_stays_and_that_is_reported(both: BothSlots) -> None:
    both.set_traffic(50)
    with both.suspended(_BLUE, _GREEN):
        wait_until_unhealthy(both, *_BLUE)
        wait_until_unhealthy(both, *_GREEN)
        askers = [threading.Thread(target=ask_with_bucket, args=(both, bucket)) for bucket in (10, 90)]
        for asker in askers:
            asker.start()
        wait_for(lambda: all(both.control.get().in_flight_of(slot) for slot in Slot), what="both being asked")
        assert "fastapi is unhealthy in every slot" in both.running.run("status").stdout
        logged = both.running.run("logs", "health-checker").stdout
        assert "ALARM: no healthy slot, routing unchanged service=fastapi" in logged
    for asker in askers:
        asker.join()


def ask_with_bucket(both: BothSlots, bucket: int) -> None:
    assert httpx.get(both.site.url("/healthz"), headers={"Cookie": f"partsearch_visitor={bucket}"}, timeout=20)


def test_an_unhealthy_slot_without_traffic_changes_nothing(both: BothSlots) -> None:
    both.set_traffic()
    with both.suspended(_GREEN):
        wait_until_unhealthy(both, *_GREEN)
        assert both.ask(50).releases[NEXT_RELEASE] == 0
        assert both.ask(50).failed == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_health_checker_is_restarted_and_keeps_its_results(both: BothSlots, number: signal.Signals) -> None:
    """No unhealthy service gets traffic in between."""
    both.set_traffic(50)
    with both.suspended(_GREEN):
        wait_until_unhealthy(both, *_GREEN)
        pid = both.running.pid("health-checker")
        os.kill(pid, number)
        wait_for(lambda: not psutil.pid_exists(pid))
        killed = time.monotonic()
        while not (is_back := _is_back(both, pid)) or time.monotonic() < killed + 1:
            assert time.monotonic() < killed + _RESTART_SECONDS, "the health checker is not restarted"
            answers = both.ask(5, _FASTAPI)
            assert (answers.releases[NEXT_RELEASE], answers.failed) == (0, []), is_back
    wait_for(lambda: both.is_healthy(*_GREEN), _NOTICED_SECONDS, "that the new health checker finds green healthy")


def _is_back(both: BothSlots, pid: int) -> bool:
    return both.site.supervisor.processes()["health-checker"]["pid"] not in (0, pid)


def test_the_health_checker_sends_nginx_the_state_of_the_file(both: BothSlots) -> None:
    """A state that was written but not sent, as by a deployment that was killed in between."""
    from dataclasses import replace

    from partsearch.operation.nginx.traffic import read_state, write_state

    state = as_account(write_state, both.site.home, replace(read_state(both.site.home), new=Slot.GREEN, weight=100))
    wait_for(lambda: both.control.get().state.version == state.version, _NOTICED_SECONDS, "the health checker")
    assert both.ask(10).releases == {NEXT_RELEASE: 10}


def test_the_health_checker_logs_changes_only(both: BothSlots) -> None:
    log = both.site.supervisor.log("health-checker")
    before = log.read_text()
    version = both.set_traffic(50).version
    for _ in range(3):
        wait_for(_next_second(both), what="a second of the health checker")
    assert both.control.get().state.version == version
    assert log.read_text() == before


def _next_second(both: BothSlots) -> Callable[[], bool]:
    deadline = time.monotonic() + 1
    return lambda: time.monotonic() > deadline


@pytest.mark.parametrize("gone", [postgres_stopped, part_locked])
def test_an_unavailable_database_makes_no_service_unhealthy(
    both: BothSlots, gone: Callable[[RunningSite], Any]
) -> None:
    """The searches of the health checker fail as those of clients do: no release is the cause."""
    log = both.site.supervisor.log("health-checker")
    before = log.read_text()
    with gone(both.running):
        until = time.monotonic() + _AWAY_SECONDS
        wait_for(lambda: time.monotonic() > until, what="some searches of the health checker")
        assert is_all_healthy(both)
    wait_for(lambda: httpx.get(both.site.url("/search/part/")).status_code == 200, what="the database")
    assert log.read_text() == before
