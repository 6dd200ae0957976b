"""Suspends of Neon: no search fails because of one, and nothing but a search wakes the compute."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from threading import Event, Thread

import httpx
import psycopg
import pytest
from rich.console import Console
from rich.table import Table

from tests.support.deadline import wait_for
from tests.support.load import Load, Outcome
from tests.support.neon.emulation import DISABLED, OVER_QUOTA, EmulatedNeon, Kind, Moment
from tests.support.site import RunningSite

_KINDS: tuple[Kind, ...] = ("polite", "rude")
_MOMENTS: tuple[Moment, ...] = ("idle", "mid_query", "mid_transaction")
_SUSPENDS = list(product(_KINDS, _MOMENTS, [0.5, 0.5, 3.0]))
# Of each kind at each moment: fifteen short cold starts and a long one; and four more, for a total of a hundred.
_HUNDRED_SUSPENDS = [*product(_KINDS, _MOMENTS, [*[0.5] * 15, 3.0]), *product([*_KINDS, *_KINDS], ["idle"], [0.5])]
_FOLDING = 1
"""Connections of the one process that folds the totals after a search."""
_LONGER_THAN_COLD_START = 1.0
_CLIENTS = 4
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class Suspend:
    """One suspend: its kind, and the times between which its searches were sent."""

    kind: Kind
    moment: Moment
    cold_start: float
    began: float
    ended: float


@pytest.fixture
def transactions(neon: EmulatedNeon, neon_site: RunningSite) -> Iterator[None]:
    """Run transactions through the pooler without pause, to be cut in their middle; searches are never in one."""
    stop = Event()

    def run_transactions() -> None:
        while not stop.is_set():
            try:
                with psycopg.connect(neon.pooled_url, prepare_threshold=None, connect_timeout=10) as connection:
                    while not stop.is_set():
                        with connection.transaction():
                            connection.execute("SELECT count(*) FROM part")
                            connection.execute("SELECT count(*) FROM part")
            except psycopg.OperationalError:
                continue

    thread = Thread(target=run_transactions)
    thread.start()
    yield
    stop.set()
    thread.join()


def test_no_search_fails_for_a_suspend(
    neon: EmulatedNeon, neon_site: RunningSite, transactions: None, pytestconfig: pytest.Config
) -> None:
    """One suspend after another; a hundred of them with ``--long``."""
    loads = [Load(url, _CLIENTS, _PAUSE_SECONDS) for url in neon_site.services]
    suspends = []
    with ExitStack() as stack:
        for load in loads:
            stack.enter_context(load.running())
        for kind, moment, cold_start in _HUNDRED_SUSPENDS if pytestconfig.getoption("long") else _SUSPENDS:
            suspends.append(suspend(neon, loads, kind, moment, cold_start))
    show(suspends, loads)
    for load in loads:
        assert load.failed() == [], load.results()
        for one in suspends:
            assert longest_wait(load, [one]) <= one.cold_start + _LONGER_THAN_COLD_START, one


def suspend(neon: EmulatedNeon, loads: list[Load], kind: Kind, moment: Moment, cold_start: float) -> Suspend:
    """Suspend the compute, and return when both services answer again."""
    began = time.monotonic()
    wait_for(lambda: neon.suspend(kind, moment, cold_start), what=f"a suspend {moment}")
    cut = time.monotonic()
    wait_for(lambda: all(load.answered_since(cut) > 2 * _CLIENTS for load in loads), what="answers after the suspend")
    woken = time.monotonic()
    wait_for(lambda: all(load.has_ended_before(woken) for load in loads), what="the end of the searches that were cut")
    return Suspend(kind, moment, cold_start, began, time.monotonic())


def met(one: Suspend, outcome: Outcome) -> bool:
    """Return whether a search was in flight in this suspend; all of these have ended when it is over."""
    return one.began < outcome.ended <= one.ended


def longest_wait(load: Load, suspends: list[Suspend]) -> float:
    """Return the longest latency of the searches that were in flight in one of these suspends."""
    return max(outcome.ended - outcome.sent for outcome in load.outcomes if any(met(one, outcome) for one in suspends))


def show(suspends: list[Suspend], loads: list[Load]) -> None:
    """Print the results as a table; ``pytest -s`` shows it."""
    table = Table("suspend", "cold start", "number", "Django: failed", "longest", "FastAPI: failed", "longest")
    for kind, moment, cold_start in sorted({(one.kind, one.moment, one.cold_start) for one in suspends}):
        group = [one for one in suspends if (one.kind, one.moment, one.cold_start) == (kind, moment, cold_start)]
        cells = [cell for load in loads for cell in (failures(load, group), f"{longest_wait(load, group):.2f} s")]
        table.add_row(f"{kind}, {moment}", f"{cold_start:g} s", str(len(group)), *cells)
    for load in loads:
        table.caption = f"{table.caption or ''} {load.url}: {len(load.outcomes)} searches."
    Console(width=120).print(table)


def failures(load: Load, suspends: list[Suspend]) -> str:
    """Return how many of the searches in flight failed."""
    return str(sum(any(met(one, outcome) for one in suspends) for outcome in load.failed()))


def test_an_idle_site_lets_the_compute_suspend(neon: EmulatedNeon, neon_site: RunningSite) -> None:
    """Health probes run five times a second, on both services and through Nginx, for three suspend timeouts."""
    suspend_seconds = 2.0
    neon.auto_suspend(suspend_seconds)
    try:
        wait_for(neon.is_asleep, what="the sleep")
        before = neon.counts()
        deadline = time.monotonic() + 3 * suspend_seconds
        while time.monotonic() < deadline:
            for url in (*neon_site.services, neon_site.url):
                for path in ("/healthz", "/readyz"):
                    assert httpx.get(f"{url}{path}", timeout=5).status_code == 200
            assert neon_site.status()["database"] == "neon"
        assert neon.is_asleep()
        assert neon.counts().accepted == before.accepted
        assert neon.counts().wakes == before.wakes
        for url in neon_site.services:
            assert httpx.get(f"{url}/search/part/", timeout=10).json()["count"] > 0
        assert neon.counts().wakes == before.wakes + 1
    finally:
        neon.auto_suspend(None)


@pytest.mark.parametrize("engine", ["django", "fastapi"])
def test_fifty_searches_that_wait_for_a_cold_start_open_few_connections(
    neon: EmulatedNeon, neon_site: RunningSite, engine: str
) -> None:
    url = getattr(neon_site, f"{engine}_url")
    wait_for(lambda: neon.suspend("rude", cold_start=1.5), what="the suspend")
    before = neon.counts()
    with ThreadPoolExecutor(50) as clients:
        answers = list(clients.map(lambda _: httpx.get(f"{url}/search/part/", timeout=20), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert max(answer.elapsed.total_seconds() for answer in answers) <= 1.5 + _LONGER_THAN_COLD_START
    opened = neon.counts().accepted - before.accepted
    assert opened <= 2 * 4 + _FOLDING, f"{opened} connections for 50 clients"
    with Load(url, clients=20).running() as load:
        wait_for(lambda: len(load.outcomes) > 200, what="work of the pool after the cold start")
    assert load.failed() == []


def test_a_compute_that_does_not_wake_times_out_after_eight_seconds(neon: EmulatedNeon, neon_site: RunningSite) -> None:
    wait_for(lambda: neon.suspend(cold_start=12), what="the suspend")
    with ThreadPoolExecutor(2) as clients:
        for answer in clients.map(lambda url: httpx.get(f"{url}/search/part/", timeout=20), neon_site.services):
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert 7 < answer.elapsed.total_seconds() < 9.5
    for url in neon_site.services:
        wait_for(lambda url=url: httpx.get(f"{url}/search/part/", timeout=20).status_code == 200, 30, "the waking")  # type: ignore[misc]
        wait_for(lambda url=url: httpx.get(f"{url}/readyz", timeout=20).status_code == 200, 30, "readiness")  # type: ignore[misc]


@pytest.mark.parametrize("refusal", [DISABLED, OVER_QUOTA])
def test_a_compute_that_neon_has_disabled_is_reported_at_once(
    neon: EmulatedNeon, neon_site: RunningSite, refusal: str
) -> None:
    wait_for(neon.suspend, what="the suspend")
    neon.reject(refusal)
    before = neon.counts()
    try:
        for url in neon_site.services:
            answer = httpx.get(f"{url}/search/part/", timeout=20)
            assert answer.status_code == 503
            assert refusal.rstrip(".") in answer.json()["detail"]
            assert answer.elapsed.total_seconds() < 2
        asked = neon.counts().accepted - before.accepted
        assert 0 <= asked - len(neon_site.services) <= _FOLDING, "it was asked again"
        for url in neon_site.services:
            wait_for(lambda url=url: is_known_to_be_lost(url), what="that every worker knows")  # type: ignore[misc]
        up = neon_site.run("doctor")
        assert up.returncode == 1
        assert refusal.rstrip(".") in up.stdout
    finally:
        neon.reject(None)
    for url in neon_site.services:
        wait_for(lambda url=url: httpx.get(f"{url}/search/part/", timeout=20).status_code == 200, what="the recovery")  # type: ignore[misc]


def is_known_to_be_lost(url: str) -> bool:
    """Return whether the process that answers is not ready; each search informs one more process."""
    httpx.get(f"{url}/search/part/", timeout=20)
    return httpx.get(f"{url}/readyz", timeout=20).status_code == 503
