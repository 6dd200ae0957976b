"""``partsearch doctor`` with a read replica: one that follows, one that lags, one that is unavailable."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.support.deadline import wait_for
from tests.support.doctor import check_results, failures, result_of
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


def _wal_position(cluster: PostgresCluster) -> str:
    with psycopg.connect(cluster.conninfo()) as connection:
        row = connection.execute(
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text"
        ).fetchone()
    assert row
    return str(row[0])


def test_a_replica_that_follows(pair: Pair) -> None:
    primary, standby = pair
    primary.run("INSERT INTO changed VALUES (1)")
    wait_for(lambda: _wal_position(standby) == _wal_position(primary), what="the standby")
    good = check_results(primary.url(), replica=standby.url())
    age = result_of(good, "replica age")
    assert age.text.startswith("in recovery, its newest change is ")
    assert age.text.endswith(" s old; it has all that the primary wrote")
    assert age.next_step == ""
    assert result_of(good, "replica").text.startswith("local, postgres at 127.0.0.1")
    assert result_of(good, "replica limit").next_step == ""
    assert "replica identity" not in {result.subject for result in good}


def test_the_lag_of_a_replica_is_reported(pair: Pair) -> None:
    primary, standby = pair
    standby.run("SELECT pg_wal_replay_pause()")
    wait_for(lambda: _is_paused(standby), what="the pause")
    try:
        primary.run("INSERT INTO changed VALUES (2)")
        age = result_of(check_results(primary.url(), replica=standby.url()), "replica age")
    finally:
        standby.run("SELECT pg_wal_replay_resume()")
    assert "it misses " in age.text
    assert " bytes of the primary's log" in age.text


def _is_paused(standby: PostgresCluster) -> bool:
    with psycopg.connect(standby.conninfo()) as connection:
        return connection.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() == ("paused",)


def test_an_unavailable_replica_is_only_advice(pair: Pair) -> None:
    primary, _ = pair
    results = check_results(
        primary.url(), replica=f"postgresql://postgres:geheim@127.0.0.1:{free_ports(1)[0]}/postgres"
    )
    replica = result_of(results, "replica")
    assert replica.is_advice
    assert "correct host and port in DATABASE_REPLICA_URL" in replica.next_step
    assert "the primary answers the searches" in replica.next_step
    assert "geheim" not in str(results)


def test_a_primary_as_the_replica_is_advice(pair: Pair) -> None:
    primary, _ = pair
    age = result_of(check_results(primary.url(), replica=f"{primary.url()}?application_name=replica"), "replica age")
    assert age.is_advice
    assert "it does not follow the primary" in age.text


def test_a_replica_of_another_database_is_a_failure(pair: Pair) -> None:
    primary, standby = pair
    other = check_results(primary.url(), replica=standby.url("template1"))
    assert "replica identity" in failures(other)
    assert "Correct DATABASE_REPLICA_URL" in result_of(other, "replica identity").next_step
