"""``partsearch doctor`` with a read replica: it is one, it follows, and the site does without it."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.support.deadline import wait_for
from tests.support.doctor import faults, findings, found
from tests.support.postgres import PostgresCluster
from tests.support.site import free_ports

Pair = tuple[PostgresCluster, PostgresCluster]


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """A primary and its standby."""
    with (
        PostgresCluster.started(settings={"max_connections": "1000"}) as primary,
        PostgresCluster.standby_of(primary) as standby,
    ):
        primary.run("CREATE TABLE changed (at int)")
        yield primary, standby


def _written(cluster: PostgresCluster) -> str:
    with psycopg.connect(cluster.conninfo()) as connection:
        row = connection.execute(
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text"
        ).fetchone()
    assert row
    return str(row[0])


def test_a_replica_that_follows(pair: Pair) -> None:
    primary, standby = pair
    primary.run("INSERT INTO changed VALUES (1)")
    wait_for(lambda: _written(standby) == _written(primary), what="the standby")
    good = findings(primary.url(), replica=standby.url())
    age = found(good, "replica age")
    assert age.text.startswith("in recovery, its newest change is ")
    assert age.text.endswith(" s old; it has all that the primary wrote")
    assert age.next_step == ""
    assert found(good, "replica").text.startswith("local, postgres at 127.0.0.1")
    assert found(good, "replica limit").next_step == ""
    assert "replica identity" not in {finding.subject for finding in good}


def test_a_replica_that_lags_says_by_how_much(pair: Pair) -> None:
    primary, standby = pair
    standby.run("SELECT pg_wal_replay_pause()")
    wait_for(lambda: _is_paused(standby), what="the pause")
    try:
        primary.run("INSERT INTO changed VALUES (2)")
        age = found(findings(primary.url(), replica=standby.url()), "replica age")
    finally:
        standby.run("SELECT pg_wal_replay_resume()")
    assert "it misses " in age.text
    assert " bytes of the primary's log" in age.text


def _is_paused(standby: PostgresCluster) -> bool:
    with psycopg.connect(standby.conninfo()) as connection:
        return connection.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() == ("paused",)


def test_without_the_replica_the_site_can_serve(pair: Pair) -> None:
    primary, _ = pair
    gone = findings(primary.url(), replica=f"postgresql://postgres:geheim@127.0.0.1:{free_ports(1)[0]}/postgres")
    replica = found(gone, "replica")
    assert replica.is_advice
    assert "correct host and port in DATABASE_REPLICA_URL" in replica.next_step
    assert "the primary answers the searches" in replica.next_step
    assert "geheim" not in str(gone)


def test_a_primary_is_no_replica(pair: Pair) -> None:
    primary, _ = pair
    age = found(findings(primary.url(), replica=f"{primary.url()}?application_name=replica"), "replica age")
    assert age.is_advice
    assert "it does not follow the primary" in age.text


def test_a_replica_of_something_else_is_a_fault(pair: Pair) -> None:
    primary, standby = pair
    other = findings(primary.url(), replica=standby.url("template1"))
    assert "replica identity" in faults(other)
    assert "Correct DATABASE_REPLICA_URL" in found(other, "replica identity").next_step
