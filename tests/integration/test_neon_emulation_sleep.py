"""The emulated Neon suspends and wakes as Neon does: every connection is closed at the chosen moment."""

import contextlib
import errno
import select
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.support.deadline import wait_for
from tests.support.neon.emulation import DISABLED, EmulatedNeon, Kind

_SECONDS = 10
_COLD_START = 0.3
_MANY = 20
_TICK = 0.2

Connection = psycopg.Connection[Any]


@pytest.fixture(params=get_args(Kind))
def kind(request: pytest.FixtureRequest) -> Kind:
    """Return each way to close connections."""
    chosen: Kind = request.param
    return chosen


def connect(url: str, **changes: Any) -> Connection:
    return psycopg.connect(make_conninfo(url, connect_timeout=_SECONDS, **changes), autocommit=True)


def assert_cut(error: psycopg.OperationalError, kind: Kind) -> None:
    """Assert that a polite close has an SQLSTATE and a rude one has none."""
    if kind == "polite":
        assert isinstance(error, psycopg.errors.AdminShutdown)
        assert "terminating connection due to administrator command" in str(error)
    else:
        assert error.sqlstate is None


def backends(neon: EmulatedNeon) -> list[Any]:
    """Return the sessions of the owner as PostgreSQL lists them."""
    with psycopg.connect(neon.superuser_conninfo) as watcher:
        return watcher.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'partsearch_owner'").fetchall()


def test_a_suspend_closes_every_connection_and_ends_the_backends(neon: EmulatedNeon, url: str, kind: Kind) -> None:
    with psycopg.connect(neon.superuser_conninfo) as watcher, connect(url) as first, connect(url) as other:
        for connection in (first, other):
            connection.execute("SELECT 1")
        before = neon.counts()
        assert neon.suspend(kind, cold_start=_COLD_START)
        assert neon.is_asleep()
        assert not neon.suspend(kind)
        assert backends(neon) == []
        for connection in (first, other):
            with pytest.raises(psycopg.OperationalError) as caught:
                connection.execute("SELECT 1")
            assert_cut(caught.value, kind)
        watcher.execute("SELECT 1")
    after = neon.counts()
    assert (before.open, after.open, after.suspends - before.suspends, after.wakes) == (2, 0, 1, before.wakes)


def test_a_rude_suspend_resets_the_connection(neon: EmulatedNeon) -> None:
    with connect(neon.direct_url) as connection, socket.socket(fileno=connection.fileno()) as watched:
        assert neon.suspend("rude", cold_start=0)
        select.select([watched], [], [], _SECONDS)
        error = watched.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        watched.detach()
    assert error == errno.ECONNRESET


@pytest.fixture
def background() -> Iterator[ThreadPoolExecutor]:
    """Yield threads for blocking calls."""
    with ThreadPoolExecutor(_MANY) as pool:
        yield pool


def until_cut(work: Callable[[Connection], object], connection: Connection) -> psycopg.OperationalError:
    """Call ``work`` until the connection is closed; return the error."""
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        try:
            work(connection)
        except psycopg.OperationalError as error:
            return error
    raise AssertionError("nobody cut the connection")


def test_a_suspend_in_the_middle_of_a_query(
    neon: EmulatedNeon, url: str, kind: Kind, background: ThreadPoolExecutor
) -> None:
    """The query reached the backend, and its answer never arrives."""
    with connect(url) as connection:
        suspended = background.submit(neon.suspend, kind, "mid_query", _COLD_START)
        answered = 0

        def ask(connection: Connection) -> None:
            nonlocal answered
            before = neon.counts().queries
            connection.execute("SELECT 1", prepare=False)
            answered += neon.counts().queries - before

        before = neon.counts().queries
        assert_cut(until_cut(ask, connection), kind)
        assert suspended.result(_SECONDS)
        assert neon.counts().queries - before == answered + 1


def test_a_suspend_in_the_middle_of_a_transaction(
    neon: EmulatedNeon, url: str, kind: Kind, background: ThreadPoolExecutor
) -> None:
    with connect(url) as connection:
        suspended = background.submit(neon.suspend, kind, "mid_transaction", _COLD_START)
        statuses = []

        def work(connection: Connection) -> None:
            connection.execute("SELECT 1")
            with connection.transaction():
                statuses.append(connection.info.transaction_status)
                connection.execute("SELECT 1")

        assert_cut(until_cut(work, connection), kind)
        assert suspended.result(_SECONDS)


@pytest.mark.parametrize("moment", ["mid_query", "mid_transaction"])
def test_a_suspend_reports_a_moment_that_does_not_come(neon: EmulatedNeon, moment: Any) -> None:
    with connect(neon.direct_url) as connection:
        assert not neon.suspend("polite", moment, deadline=_TICK)
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not neon.is_asleep()


def test_queries_outside_a_transaction_are_not_the_moment_of_one(
    neon: EmulatedNeon, background: ThreadPoolExecutor
) -> None:
    with connect(neon.direct_url) as connection:
        suspended = background.submit(neon.suspend, "polite", "mid_transaction", deadline=_TICK)
        while not suspended.done():
            connection.execute("SELECT 1")
        assert not suspended.result()


def test_connections_share_one_cold_start(neon: EmulatedNeon, url: str, background: ThreadPoolExecutor) -> None:
    neon.suspend(cold_start=1)
    before = neon.counts()

    def wait(_: int) -> float:
        with connect(url) as connection:
            connection.execute("SELECT 1")
            return time.monotonic()

    begun = time.monotonic()
    waits = [ended - begun for ended in background.map(wait, range(_MANY))]
    after = neon.counts()
    assert 1 <= min(waits) <= max(waits) < 2
    assert after.wakes - before.wakes == 1
    assert after.connected - before.connected == after.accepted - before.accepted == _MANY
    assert not neon.is_asleep()


def test_it_suspends_by_itself_only_when_idle(neon: EmulatedNeon, url: str) -> None:
    with connect(url) as connection:
        neon.auto_suspend(_TICK, cold_start=_COLD_START)
        begun = time.monotonic()
        while time.monotonic() - begun < 3 * _TICK:
            connection.execute("SELECT 1")
        connection.execute("SELECT pg_sleep(%s)", [3 * _TICK])
        begun = time.monotonic()
        wait_for(neon.is_asleep, what="the sleep")
        assert time.monotonic() - begun < 3 * _TICK
        assert neon.counts().open == 0
    before = neon.counts()
    assert neon.is_asleep()
    with connect(url) as connection:
        connection.execute("SELECT 1")
        neon.auto_suspend(None)
    assert neon.counts().wakes == before.wakes + 1


def test_only_a_connection_wakes_it(neon: EmulatedNeon) -> None:
    """Reading the counts, the superuser, a wrong password and a rejection do not wake it."""
    connect(neon.direct_url).close()
    neon.suspend(cold_start=_COLD_START)
    before = neon.counts()
    backends(neon)
    with pytest.raises(psycopg.OperationalError):
        connect(neon.pooled_url, password="wrong")
    neon.reject(DISABLED)
    with pytest.raises(psycopg.OperationalError):
        connect(neon.pooled_url)
    neon.reject(None)
    assert neon.is_asleep()
    after = neon.counts()
    assert (after.accepted - before.accepted, after.connected, after.wakes) == (2, before.connected, before.wakes)


def test_connections_and_queries_are_counted(neon: EmulatedNeon) -> None:
    connect(neon.direct_url).close()
    wait_for(lambda: neon.counts().open == 0, what="the end of older connections")
    before = neon.counts()
    with contextlib.ExitStack() as stack:
        many = [stack.enter_context(connect(neon.pooled_url)) for _ in range(before.highest + 2)]
        for connection in many:
            connection.execute("SELECT 1")
        during = neon.counts()
    wait_for(lambda: neon.counts().open == 0, what="the end of the connections")
    assert during.open == during.highest == neon.counts().highest == len(many)
    assert during.accepted - before.accepted == during.connected - before.connected == len(many)
    assert during.queries - before.queries == len(many)


def test_a_crash_loses_statistics_and_unlogged_rows(neon: EmulatedNeon) -> None:
    """A suspended compute loses them."""
    with connect(neon.direct_url) as connection:
        connection.execute("CREATE UNLOGGED TABLE lost AS SELECT 1 AS number")
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    neon.suspend()
    neon.database.crash()
    neon.database.start()
    with connect(neon.direct_url) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM lost), (SELECT count(*) FROM kept),"
            " (SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'kept')"
        ).fetchone()
    assert found == (0, 1, 0)
