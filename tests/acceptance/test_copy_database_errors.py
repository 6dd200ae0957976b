"""A copy that fails leaves its target unchanged, and reports the error in one or two lines."""

import re
import signal
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from partsearch import catalog_copy
from partsearch.catalog_copy import connection as copy_connection
from partsearch.catalog_copy import rows, target_tables
from partsearch.catalog_copy.commit import Commit
from partsearch.catalog_copy.endpoint import Endpoint
from partsearch.catalog_copy.errors import ConnectionBrokeError, CopyError, TableLockedError
from partsearch.database.address.parsing import parse_database_url
from partsearch.settings import settings
from tests.acceptance.conftest import NewDatabase
from tests.acceptance.copies import (
    output_of,
    paused_at_last_table,
    rows_of,
    running_copy,
    state_of,
    wait_until_paused,
)
from tests.support.deadline import wait_for
from tests.support.neon.emulation import EmulatedNeon
from tests.support.postgres import PostgresCluster
from tests.support.site import RunningSite, free_environment

WRITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
def target(full_site: RunningSite, new_database: NewDatabase) -> str:
    """A database with a few other parts."""
    address = new_database()
    assert full_site.run("generate", "20", DATABASE_URL=address).returncode == 0
    return address


def error_of(output: str) -> str:
    """Return the text of an error; fail unless it has one or two lines."""
    assert "Traceback" not in output
    error = output[output.index("Error: ") :]
    assert len(error.strip().splitlines()) <= 2, error
    return error


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_changes_nothing(full_site: RunningSite, target: str, number: signal.Signals) -> None:
    before = state_of(target)
    with (
        paused_at_last_table(full_site.conninfo),
        running_copy(full_site, "embedded", "env:T", "--replace", addresses={"T": target}) as copy,
    ):
        wait_until_paused(copy, full_site.conninfo)
        copy.send_signal(number)
        error = error_of(output_of(copy))
    assert copy.returncode == 1
    assert "Interrupted. No row of TO was changed." in error
    assert state_of(target) == before


def test_an_interruption_stops_the_postgres_that_was_started_for_the_copy(
    full_site: RunningSite, new_database: NewDatabase, home: Path
) -> None:
    source = new_database()
    other = RunningSite(free_environment(home))
    with (
        paused_at_last_table(source),
        running_copy(other, "env:S", "embedded", addresses={"S": source}) as copy,
    ):
        wait_until_paused(copy, source)
        pid = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
        assert psutil.pid_exists(pid)
        assert "Another command" in other.run("up").stderr
        copy.send_signal(signal.SIGINT)
        assert "Interrupted" in error_of(output_of(copy))
    assert not psutil.pid_exists(pid)


def test_a_killed_copy_leaves_a_postgres_that_the_next_copy_stops(
    full_site: RunningSite, new_database: NewDatabase, home: Path
) -> None:
    source = new_database()
    other = RunningSite(free_environment(home))
    with paused_at_last_table(source), running_copy(other, "env:S", "embedded", addresses={"S": source}) as copy:
        wait_until_paused(copy, source)
        left = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
        copy.kill()
        copy.wait(10)
    assert psutil.pid_exists(left)
    again = other.run("copy-database", "env:S", "embedded", S=source)
    assert again.returncode == 0, again.stderr
    assert "a killed command had left running" in again.stderr
    wait_for(lambda: not psutil.pid_exists(left), what="the end of the PostgreSQL that was left")


def test_a_cut_connection_changes_nothing(full_site: RunningSite, target: str) -> None:
    before = state_of(target)
    with (
        paused_at_last_table(full_site.conninfo) as holder,
        running_copy(full_site, "embedded", "env:T", "--replace", addresses={"T": target}) as copy,
    ):
        wait_until_paused(copy, full_site.conninfo)
        with psycopg.connect(target, autocommit=True) as killer:
            killer.execute(f"SELECT pg_terminate_backend(pid) FROM ({WRITING}) AS writing".encode())
        holder.rollback()
        error = error_of(output_of(copy))
    assert copy.returncode == 1
    assert re.match(r"Error: TO \(copy_\d+ at 127.0.0.1\): .*No row of TO was changed.", error), error
    assert state_of(target) == before


@pytest.mark.parametrize("kind", ["polite", "rude"])
def test_a_neon_that_suspends_during_the_copy_stays_empty(full_site: RunningSite, kind: Any) -> None:
    with (
        EmulatedNeon.started() as neon,
        paused_at_last_table(full_site.conninfo) as holder,
        running_copy(full_site, "embedded", "env:T", addresses={"T": neon.pooled_url}) as copy,
    ):
        wait_until_paused(copy, full_site.conninfo)
        neon.suspend(kind)
        holder.rollback()
        error = error_of(output_of(copy))
        assert copy.returncode == 1
        assert "No row of TO was changed" in error
        assert "p@ss" not in error
        assert rows_of(neon.superuser_conninfo)["part"] == []
        assert "part_name_trigrams" in str(state_of(neon.superuser_conninfo)[1]["indexes"])


@pytest.mark.parametrize("held", [0, 20])
def test_a_target_that_stores_other_values_is_detected(
    full_site: RunningSite, new_database: NewDatabase, held: int
) -> None:
    """A column that rounds: not only a trigger can change rows silently."""
    target = new_database()
    if held:
        assert full_site.run("generate", str(held), DATABASE_URL=target).returncode == 0
    with psycopg.connect(target) as connection:
        for index in ("part_mark_color", "part_mark_condition", "part_price", "part_shown"):
            connection.execute(f"DROP INDEX {index}".encode())
        connection.execute("ALTER TABLE part DROP CONSTRAINT part_price_range, ALTER price TYPE numeric(12, 1)")
    before = state_of(target)
    done = full_site.run("copy-database", "embedded", "env:T", "--replace", T=target)
    assert done.returncode == 1
    assert "the table part of TO has other values in its rows. No row" in error_of(done.stderr)
    assert state_of(target) == before


def test_columns_that_only_one_database_has_are_reported(full_site: RunningSite, target: str) -> None:
    with psycopg.connect(target) as connection:
        connection.execute("ALTER TABLE part ADD COLUMN shelf text")
    done = full_site.run("copy-database", "embedded", "env:T", "--replace", T=target)
    assert "part has other columns in FROM than in TO: shelf" in error_of(done.stderr)


def test_a_role_that_does_not_own_the_tables_is_reported(
    full_site: RunningSite, other_cluster: PostgresCluster, target: str
) -> None:
    address = parse_database_url(target)
    other_cluster.create_role("guest")
    other_cluster.run("GRANT ALL ON ALL TABLES IN SCHEMA public TO guest", database=address.parameters["dbname"])
    as_guest = target.replace("//keeper:", "//guest:")
    done = full_site.run("copy-database", "embedded", "env:T", "--replace", T=as_guest)
    assert done.returncode == 1
    assert "role that owns its tables" in error_of(done.stderr)


def test_a_schema_of_another_release_is_reported(full_site: RunningSite, other_cluster: PostgresCluster) -> None:
    bare = other_cluster.create_database("bare", "keeper")
    newer = other_cluster.create_database("newer", "keeper", "TEMPLATE migrated")
    with psycopg.connect(newer) as connection:
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('catalog', '9999_later', now())")
    run = full_site.run
    missing = error_of(run("copy-database", "env:S", "env:T", S=bare, T=newer).stderr)
    assert "does not have the tables of this release" in missing
    assert "partsearch manage migrate" in missing
    for source, goal in ((newer, bare), ("embedded", newer)):
        done = run("copy-database", "env:S" if source != "embedded" else source, "env:T", S=source, T=goal)
        assert "migrated by another release: catalog.9999_later" in error_of(done.stderr)
    with psycopg.connect(bare) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_invalid_endpoints_are_reported(full_site: RunningSite, target: str, home: Path) -> None:
    def error_for(*arguments: str, **environment: str) -> str:
        done = full_site.run("copy-database", *arguments, **environment)
        assert done.returncode == 1, done.stderr
        return error_of(done.stderr)

    assert "the same database" in error_for("embedded", "configured")
    assert "the same database" in error_for("env:A", "env:B", A=target, B=target.replace("127.0.0.1", "localhost"))
    assert "TO is invalid" in error_for("embedded", "neon")
    assert "environment variable 'NOWHERE', which is not set" in error_for("env:NOWHERE", "embedded")
    assert "WRONG" in error_for("embedded", "env:WRONG", WRONG="postgresql://me:geheim@host:x/y")
    assert "cannot be reached" in error_for("embedded", "env:T", T="postgresql://me:geheim@127.0.0.1:1/y")
    assert "has none" in error_for("embedded", "env:T", T=target, PARTSEARCH_HOME=str(home))
    assert not (home / "postgres").exists()
    assert full_site.run("copy-database", "embedded").returncode == 2


def copy_here(source: str, target: str) -> None:
    """Copy in this process, whose time limits the test lowers."""
    catalog_copy.copy_database(source, target, settings(), replace=True)


def test_a_target_that_is_being_written_to_is_reported(
    full_site: RunningSite, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert copy_connection._SETTINGS["lock_timeout"] == "10s"
    monkeypatch.setitem(copy_connection._SETTINGS, "lock_timeout", "200ms")
    with psycopg.connect(target) as writer:
        writer.execute("INSERT INTO mark (name) VALUES ('mine')")
        with pytest.raises(TableLockedError, match="another command has locked its tables"):
            copy_here(full_site.conninfo, target)


def test_a_target_that_stops_answering_times_out(
    full_site: RunningSite, other_cluster: PostgresCluster, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process is stopped and its connection stays open: only a time limit of the copy ends that."""
    before = rows_of(target)
    backends: list[psutil.Process] = []
    delete_rows = target_tables.delete_rows

    def freeze(database: copy_connection.CopyConnection, tables: list[Any]) -> None:
        delete_rows(database, tables)
        backends.append(psutil.Process(database.connection.info.backend_pid))
        backends[0].suspend()

    monkeypatch.setattr(target_tables, "delete_rows", freeze)
    monkeypatch.setattr(rows, "_STANDSTILL_SECONDS", 0.5)
    monkeypatch.setattr(copy_connection, "STATEMENT_SECONDS", 0.5)
    try:
        with pytest.raises(ConnectionBrokeError, match="no answer came in time"):
            copy_here(full_site.conninfo, target)
    finally:
        for backend in backends:
            backend.resume()
    wait_for(lambda: not backends[0].is_running(), what="the end of the backend")
    assert rows_of(target) == before


@pytest.mark.parametrize("is_committed", [True, False])
def test_the_status_of_a_commit_with_a_lost_answer_is_queried(
    target: str, monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    endpoint, commit = Endpoint("TO", parse_database_url(target)), Commit()

    with copy_connection.CopyConnection.open(endpoint, is_source=False) as connected:

        def lose() -> None:
            if is_committed:
                connected.connection.execute("COMMIT")
            connected.connection.close()
            raise psycopg.OperationalError("the line is dead")

        connected.begin()
        connected.run("INSERT INTO mark (name) VALUES ('kept')")
        monkeypatch.setattr(connected.connection, "commit", lose)
        if is_committed:
            commit.run(connected)
        else:
            with pytest.raises(ConnectionBrokeError, match=r"the line is dead\. No row"):
                commit.run(connected)
    assert commit.is_committed is is_committed
    assert ("No row" in str(commit.interruption())) is not is_committed
    assert ("kept" in str(rows_of(target)["mark"])) is is_committed
    assert isinstance(commit.interruption(), CopyError)
