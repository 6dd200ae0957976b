"""Two releases side by side: which one gets a request, and what Nginx counts and logs."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from partsearch.operation.errors import OperationError, PortTakenError, StartError
from partsearch.operation.names import RELEASE_SERVICES, Service, Slot
from partsearch.operation.nginx.request_log import RequestLog, request_log_file
from partsearch.operation.nginx.traffic import TrafficError
from partsearch.operation.release import Release, checkout_release
from partsearch.operation.supervision.processes import port_of
from tests.support.as_account import as_account
from tests.support.deadline import wait_for
from tests.support.load import Load
from tests.support.site import RunningSite
from tests.support.slots import NEXT_RELEASE, BothSlots

_REQUESTS = 2000
_CLIENTS = 60
_FIVE_SIGMA = 5
_ASSERTED_SECONDS = 2.0


@pytest.fixture(scope="module")
def both(live_site: RunningSite) -> Iterator[BothSlots]:
    with BothSlots.started(live_site) as both:
        yield both


@pytest.fixture(autouse=True)
def all_with_blue(both: BothSlots) -> Iterator[None]:
    """Each test begins and ends outside of a deployment."""
    both.set_traffic()
    yield
    both.set_traffic()


@pytest.mark.parametrize("weight", [0, 5, 50, 100])
def test_the_weight_applies_to_clients_without_cookies(both: BothSlots, weight: int) -> None:
    both.set_traffic(weight)
    answers = both.ask(_REQUESTS)
    expected, spread = _REQUESTS * weight / 100, (_REQUESTS * weight / 100 * (1 - weight / 100)) ** 0.5
    assert answers.failed == []
    assert abs(answers.releases[NEXT_RELEASE] - expected) <= _FIVE_SIGMA * spread, answers
    assert answers.cookies == (_REQUESTS if 0 < weight < 100 else 0)


def test_no_client_gets_a_cookie_outside_of_a_deployment(both: BothSlots) -> None:
    assert both.ask(20).cookies == 0
    both.set_traffic(active=Slot.GREEN)
    answers = both.ask(20)
    assert (answers.cookies, answers.releases) == (0, {NEXT_RELEASE: 20})


def test_no_client_flips_back_while_the_weight_grows(both: BothSlots) -> None:
    clients = [httpx.Client(base_url=both.site.url("").rstrip("/")) for _ in range(_CLIENTS)]
    seen: list[list[set[str]]] = [[] for _ in clients]
    given = 0
    for weight in (5, 25, 50, 75, 100):
        both.set_traffic(weight)
        for client, moments in zip(clients, seen, strict=True):
            answers = [client.get(path) for path in ("/healthz", "/django/healthz", "/mark/")]
            given += sum("Set-Cookie" in answer.headers for answer in answers)
            moments.append({answer.headers["X-Release"] for answer in answers})
    for client in clients:
        client.close()
    assert given == _CLIENTS, "each client should get one cookie, at its first request"
    for moments in seen:
        assert all(len(moment) == 1 for moment in moments), "both services should be of one release for a client"
        order = [moment == {NEXT_RELEASE} for moment in moments]
        assert order == sorted(order), "a client flipped back"
        assert order[-1]
    middle = sum(moments[2] == {NEXT_RELEASE} for moments in seen)
    assert 0 < middle < _CLIENTS


def test_the_cookie_is_a_session_cookie_with_a_bucket_that_no_script_reads(both: BothSlots) -> None:
    both.set_traffic(50)
    answer = httpx.get(both.site.url("/admin/login/"))
    mine = [one for one in answer.headers.get_list("Set-Cookie") if one.startswith("partsearch_visitor=")]
    others = [one for one in answer.headers.get_list("Set-Cookie") if one.startswith("csrftoken=")]
    assert (len(mine), len(others)) == (1, 1)
    number, *attributes = mine[0].split("; ")
    assert 0 <= int(number.partition("=")[2]) < 100
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Lax"]


@pytest.mark.parametrize("value", ["", "100", "-1", "1e1", "blue", "5;", "9" * 1000])
def test_an_invalid_cookie_is_replaced(both: BothSlots, value: str) -> None:
    both.set_traffic(50)
    answers = both.ask(20, cookie=f"partsearch_visitor={value}")
    assert answers.failed == []
    assert answers.cookies == (0 if value == "5;" else 20)


@pytest.mark.parametrize(("weight", "slot"), [(0, Slot.BLUE), (100, Slot.GREEN)])
def test_a_websocket_upgrade_is_routed_by_the_weight(both: BothSlots, weight: int, slot: Slot) -> None:
    log = RequestLog(request_log_file(both.site.home))
    both.set_traffic(weight, is_deploying=True)
    with socket.create_connection(("127.0.0.1", both.site.settings.partsearch_port), timeout=10) as client:
        client.sendall(
            b"GET /search/part/live/ HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert client.recv(4096)
    (record,) = wait_for(log.read_new, what="the log")
    assert (record.service, record.slot, record.is_websocket) == (Service.FASTAPI, slot, True)


def test_answers_of_nginx_itself_name_the_active_release(both: BothSlots) -> None:
    both.set_traffic(active=Slot.GREEN)
    rejected = httpx.request("TRACE", both.site.url("/search/part/"))
    assert (rejected.status_code, rejected.headers["X-Release"]) == (405, NEXT_RELEASE)


def test_requests_in_flight_are_counted_and_return_to_zero(both: BothSlots) -> None:
    both.set_traffic(50)
    with Load(both.site.url("").rstrip("/")).running() as load:
        wait_for(lambda: both.control.get().in_flight_of(Slot.GREEN) > 0, what="a request in flight in green")
        wait_for(lambda: len(load.outcomes) > 200, what="the load")
    assert load.failed() == []
    wait_for(lambda: idle(both), what="that nothing is in flight")


def test_a_search_that_waits_is_in_flight_until_it_is_answered(both: BothSlots) -> None:
    both.set_traffic(100)
    asked = threading.Thread(target=lambda: httpx.get(both.site.url("/search/part/"), timeout=10))
    with psycopg.connect(both.running.conninfo) as blocker:
        blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        asked.start()
        wait_for(lambda: both.control.get().in_flight[Slot.GREEN] == {Service.DJANGO: 0, Service.FASTAPI: 1})
    asked.join()
    wait_for(lambda: idle(both), what="that nothing is in flight")


def test_requests_in_flight_of_a_killed_nginx_worker_are_forgotten(both: BothSlots) -> None:
    workers = psutil.Process(both.running.pid("nginx")).children()
    asked = threading.Thread(
        target=ask_without_answer, args=(both.site.url("/search/part/"), ended := threading.Event())
    )
    with psycopg.connect(both.running.conninfo) as blocker:
        blocker.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        asked.start()
        wait_for(lambda: both.control.get().in_flight_of(Slot.BLUE) == 1)
        for worker in workers:
            worker.kill()
        asked.join()
        assert ended.is_set(), "the request was answered"
        wait_for(lambda: control_socket_answers(both) and idle(both), what="that nothing is in flight")


def ask_without_answer(url: str, ended: threading.Event) -> None:
    try:
        httpx.get(url, timeout=10)
    except httpx.RemoteProtocolError:
        ended.set()


def idle(both: BothSlots) -> bool:
    return sum(both.control.get().in_flight_of(slot) for slot in Slot) == 0


def control_socket_answers(both: BothSlots) -> bool:
    """Return whether Nginx answers on its control socket."""
    try:
        both.control.get()
    except TrafficError:
        return False
    return True


@pytest.mark.parametrize("is_stuck", [False, True], ids=["at once", "after they were stuck"])
def test_the_other_release_answers_for_a_process_that_is_killed(both: BothSlots, is_stuck: bool) -> None:
    """During a deployment; also searches by POST, since they change nothing."""
    both.set_traffic(50, is_deploying=True)
    log = RequestLog(request_log_file(both.site.home))
    with Load(both.site.url("").rstrip("/")).running() as load:
        wait_for(lambda: len(load.outcomes) > 100, what="the load")
        stuck = both.suspended((Slot.GREEN, Service.FASTAPI)) if is_stuck else nullcontext()
        with stuck:
            if is_stuck:
                wait_for(lambda: both.control.get().in_flight[Slot.GREEN][Service.FASTAPI] > 1, what="stuck requests")
            as_account(both.site.kill_service, Slot.GREEN, Service.FASTAPI)
        moment = time.monotonic()
        wait_for(lambda: load.answered_since(moment) > 100, what="answers after that")
    # A client that already has the beginning of an answer cannot get another one.
    assert {outcome.result for outcome in load.failed()} <= {"RemoteProtocolError"}
    records = log.read_new()
    wait_for(lambda: records.extend(log.read_new()) or len(records) >= len(load.outcomes), what="the whole log")
    errors = [one for one in records if one.status == 200 and one.upstream_status == 502]
    assert errors, "no request was sent to the other release"
    assert {one.slot for one in errors} == {Slot.GREEN}, "the log should name the release that failed"
    wait_for(lambda: idle(both), what="that nothing is in flight")
    wait_for(lambda: answers_by_itself(both, Slot.GREEN), what="the service that the supervisor starts again")
    wait_for(lambda: both.is_healthy(Slot.GREEN, Service.FASTAPI), what="that the health checker reports it healthy")


def answers_by_itself(both: BothSlots, slot: Slot) -> bool:
    """Return whether FastAPI of a slot answers on its own port."""
    port = port_of(both.site.settings, Service.FASTAPI, slot)
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_requests_are_logged_only_during_a_deployment(both: BothSlots) -> None:
    log = RequestLog(request_log_file(both.site.home))
    both.ask(10)
    both.set_traffic(50, is_deploying=True)
    both.ask(40)
    httpx.post(both.site.url("/django/search/part/"), content=b"{", headers={"Content-Type": "application/json"})
    httpx.request("TRACE", both.site.url("/search/part/"))
    both.set_traffic(50)
    both.ask(10)
    records = []
    wait_for(lambda: records.extend(log.read_new()) or len(records) >= 41, what="the log")  # type: ignore[func-returns-value]
    assert len(records) == 41
    assert {(record.service, record.slot) for record in records} == {(s, c) for s in RELEASE_SERVICES for c in Slot}
    (post,) = (record for record in records if record.method == "POST")
    assert (post.service, post.status, post.upstream_status, post.is_websocket) == (Service.DJANGO, 400, 400, False)
    assert all(0 <= seconds < 10 for record in records for seconds in (record.seconds, record.upstream_seconds or 0))


def test_a_restarted_nginx_keeps_the_weight(both: BothSlots) -> None:
    """It reads the state from the file before its first answer; the health checker sends it the health again."""
    state = both.set_traffic(100)
    checker, master = (psutil.Process(both.running.pid(service)) for service in ("health-checker", "nginx"))
    killed = [master, *master.children()]
    checker.suspend()
    try:
        os.kill(master.pid, signal.SIGKILL)
        wait_for(lambda: not any(process.is_running() for process in killed), what="the end of Nginx and its workers")
        wait_for(lambda: control_socket_answers(both), what="Nginx")
        assert both.ask(50).releases == {NEXT_RELEASE: 50}
        assert both.control.get().health == {}
    finally:
        checker.resume()
    wait_for(lambda: set(both.control.get().health) == set(Slot), _ASSERTED_SECONDS, "the health checker")
    assert both.control.get().state.version == state.version


def test_an_older_state_is_rejected(both: BothSlots) -> None:
    old = both.set_traffic(50)
    new = both.set_traffic(100)
    assert both.control.put(old) is False
    assert both.control.get().state == new


def test_status_and_logs_show_both_slots(both: BothSlots) -> None:
    both.set_traffic(25)
    status = both.running.status()
    shown = {
        (process["service"], process["colour"], process["release"]): process["state"]
        for process in status["processes"]
        if process["colour"]
    }
    assert shown == {
        (service, slot, NEXT_RELEASE if slot == "green" else status["release"]): "running"
        for service in ("django", "fastapi")
        for slot in ("blue", "green")
    }
    assert status["traffic"] == {"active": "blue", "new": "green", "share": 25, "is_deploying": False}
    assert "75 % blue, 25 % green" in both.running.run("status").stdout
    assert both.running.run("logs", "health-checker").returncode == 0


def test_up_does_not_change_the_slots(both: BothSlots) -> None:
    both.set_traffic(25)
    before = both.site.slots()
    up = both.running.run("up")
    assert up.returncode == 0, up.stderr
    assert both.site.slots() == before
    assert both.control.get().state.weight == 25


def test_a_slot_with_traffic_cannot_be_stopped_or_started(both: BothSlots) -> None:
    before = both.site.slots()
    release = checkout_release(both.site.settings)
    for weight, slot in ((0, Slot.BLUE), (5, Slot.GREEN)):
        both.set_traffic(weight)
        with pytest.raises(OperationError, match="gets traffic"):
            as_account(both.site.stop_slot, slot)
        with pytest.raises(OperationError, match="gets traffic"):
            as_account(both.site.start_slot, slot, release, print)
    assert both.site.slots() == before


@pytest.mark.parametrize(
    ("release", "message"),
    [
        pytest.param(
            Release("silent", None, Path("/bin/false"), ""), "ends at once and logs nothing", id="ends at once"
        ),
        pytest.param(Release("gone", Path("/nowhere"), Path("/nowhere/python"), ""), "does not say", id="not there"),
        pytest.param(Release("mute", Path("/bin"), Path("/bin/false"), ""), "does not say", id="cannot be asked"),
    ],
)
def test_a_release_that_does_not_start_leaves_nothing(both: BothSlots, release: Release, message: str) -> None:
    with pytest.raises(StartError, match=message):
        as_account(both.site.start_slot, Slot.GREEN, release, print, seconds=1)
    assert set(both.site.slots()) == {Slot.BLUE}
    assert not any("green" in name for name in both.site.supervisor.processes())
    assert both.ask(20).failed == []
    with taken_port(both), pytest.raises(PortTakenError):
        as_account(both.site.start_slot, Slot.GREEN, checkout_release(both.site.settings), print)
    assert not any("green" in name for name in both.site.supervisor.processes())
    both.start_next_release()


def taken_port(both: BothSlots) -> socket.socket:
    """Return a socket of another program on a port of green."""
    return socket.create_server(("127.0.0.1", both.site.settings.partsearch_fastapi_ports[1]))
