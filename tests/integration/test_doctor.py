"""The database checks of ``partsearch doctor`` on PostgreSQL 15: results and next steps."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from partsearch.database import query_connection
from partsearch.database.check_result import CheckResult
from partsearch.database.connections import needed_connections
from partsearch.database.doctor.limits import service_need
from partsearch.database.schema import needed_migration
from tests.support.deadline import wait_for
from tests.support.doctor import MIGRATE, check_results, failures, result_of
from tests.support.postgres import EMBEDDED, PostgresCluster
from tests.support.site import RunningSite, free_environment

_OWNER = "parts_owner"


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    """A server with a migrated database, ``migrated``, which is the template of others."""
    with PostgresCluster.started(settings={"max_connections": "1000"}) as cluster:
        address = cluster.create_database("migrated", _OWNER)
        migrated = RunningSite(dict(os.environ)).run("manage", "migrate", DATABASE_URL=address)
        assert migrated.returncode == 0, migrated.stderr
        yield cluster


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """The name of the database of this test."""
    return request.node.name.replace("[", "_").rstrip("]")[:60]


@pytest.fixture
def migrated(cluster: PostgresCluster, name: str) -> str:
    """The address of a migrated database that only this test uses."""
    return cluster.create_database(name, _OWNER, "TEMPLATE migrated")


def test_the_command_succeeds_on_a_valid_database(cluster: PostgresCluster, migrated: str, home: Path) -> None:
    run = RunningSite(free_environment(home)).run("doctor", DATABASE_URL=migrated)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "PostgreSQL 15." in run.stdout
    assert "✗" not in run.stdout
    assert cluster.password not in run.stdout


def test_the_command_fails_if_the_site_cannot_serve(cluster: PostgresCluster, name: str) -> None:
    run = RunningSite(dict(os.environ)).run("doctor", DATABASE_URL=cluster.create_database(name, _OWNER))
    assert run.returncode == 1
    lines = run.stdout.splitlines()
    failure = next(number for number, line in enumerate(lines) if line.startswith("✗ migrations:"))
    assert lines[failure + 1] == f"  → {MIGRATE}"
    assert cluster.password not in run.stdout + run.stderr


def test_a_valid_database_has_no_failure_and_no_advice(migrated: str) -> None:
    good = check_results(migrated)
    assert [result for result in good if result.next_step] == []
    assert "7 trigrams" in result_of(good, "locale").text
    assert needed_migration() in result_of(good, "migrations").text
    assert result_of(good, "extensions").text.startswith("pg_trgm 1.")
    assert result_of(good, "catalog").text == "about 0 parts"
    assert "ms, the median of 20" in result_of(good, "round trip").text


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("ENCODING 'UTF8' LOCALE 'C'", "LC_CTYPE is C: indexes ignore Cyrillic letters"),
        ("ENCODING 'SQL_ASCII' LOCALE 'C'", "the encoding is SQL_ASCII, not UTF8"),
    ],
    ids=["C", "SQL_ASCII"],
)
@pytest.mark.parametrize("is_installed", [False, True])
def test_a_locale_without_cyrillic_letters(
    cluster: PostgresCluster, name: str, options: str, text: str, is_installed: bool
) -> None:
    address = cluster.create_database(name, _OWNER, f"{options} TEMPLATE template0")
    if is_installed:
        with psycopg.connect(address) as connection:
            connection.execute("CREATE EXTENSION pg_trgm")
    locale = result_of(check_results(address), "locale")
    assert locale.is_failure
    assert text in locale.text
    assert "LOCALE 'C.UTF-8'" in locale.next_step


def test_a_new_database_has_to_be_migrated(cluster: PostgresCluster, name: str) -> None:
    new = check_results(cluster.create_database(name, _OWNER))
    assert failures(new) == {"extensions", "migrations"}
    assert "the database is new" in result_of(new, "migrations").text
    assert "missing, installable" in result_of(new, "extensions").text
    assert MIGRATE in result_of(new, "extensions").next_step


def test_a_role_that_may_not_create(cluster: PostgresCluster, name: str) -> None:
    cluster.create_database(name, _OWNER)
    cluster.create_role("guest")
    guest = check_results(cluster.url(name, "guest"))
    assert "installable, but not by role guest" in result_of(guest, "extensions").text
    assert result_of(guest, "extensions").next_step == (
        f"Have {_OWNER}, who owns the database, or a superuser run in {name}: CREATE EXTENSION pg_trgm;"
    )
    assert "GRANT CREATE ON SCHEMA public TO guest" in result_of(guest, "migrations").next_step


def test_a_role_that_may_not_read(cluster: PostgresCluster, migrated: str, name: str) -> None:
    cluster.create_role("reader")
    reader = check_results(cluster.url(name, "reader"))
    assert failures(reader) == {"catalog"}
    assert result_of(reader, "catalog").next_step == "Run GRANT SELECT ON mark, model, part TO reader;"
    assert "could not be checked: permission denied" in result_of(reader, "migrations").text


def test_an_extension_that_is_not_available_on_the_server() -> None:
    with PostgresCluster.started(EMBEDDED, settings={"extension_control_path": "/nowhere"}) as cluster:
        extension = result_of(check_results(cluster.url()), "extensions")
    assert extension.is_failure
    assert "not available on this server" in extension.text
    assert "postgresql-contrib" in extension.next_step


def test_missing_migrations_are_named(migrated: str) -> None:
    with psycopg.connect(migrated) as connection:
        applied = connection.execute("SELECT name FROM django_migrations WHERE app = 'catalog' ORDER BY name DESC")
        last, last_but_one = (name for (name,) in applied.fetchmany(2))
        connection.execute("DELETE FROM django_migrations WHERE name >= %s AND app = 'catalog'", [last_but_one])
    migrations = result_of(check_results(migrated), "migrations")
    assert migrations.is_failure
    assert "2 of " in migrations.text
    assert last == needed_migration()
    assert f"catalog.{last_but_one}, catalog.{last}" in migrations.text
    assert migrations.next_step == MIGRATE


def test_a_newer_release_has_been_here(migrated: str) -> None:
    with psycopg.connect(migrated) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES"
            " ('catalog', '9999_tomorrow', now()), ('other_program', '0001_initial', now())"
        )
    newer = check_results(migrated)
    assert failures(newer) == set()
    advice = next(result for result in newer if result.is_advice)
    assert advice.text == "not known to this release: catalog.9999_tomorrow; a newer release has migrated the database"


@pytest.mark.parametrize("lowest", ["ROLE", "DATABASE"])
def test_the_lowest_limit_of_connections_counts(cluster: PostgresCluster, name: str, lowest: str) -> None:
    owner = f"owner_{lowest.lower()}"
    address = cluster.create_database(name, owner, "TEMPLATE migrated")
    limited = owner if lowest == "ROLE" else f'"{name}"'
    cluster.run(f'ALTER DATABASE "{name}" CONNECTION LIMIT 900', f"ALTER ROLE {owner} CONNECTION LIMIT 901")
    assert result_of(check_results(address), "connections").next_step == ""
    for limit, is_failure in ((needed_connections() - 1, False), (service_need().minimum, True)):
        cluster.run(f"ALTER {lowest} {limited} CONNECTION LIMIT {limit}")
        connections = result_of(check_results(address), "connections")
        assert f"{limit} allowed (the limit of {lowest.lower()} " in connections.text
        assert connections.is_failure is is_failure
        assert f"CONNECTION LIMIT {needed_connections()}" in connections.next_step


def test_reserved_connections_count_against_max_connections() -> None:
    with PostgresCluster.started(EMBEDDED, settings={"max_connections": "14", "reserved_connections": "4"}) as cluster:
        connections = result_of(check_results(cluster.url()), "connections")
    assert connections.is_failure
    assert f"7 allowed (max_connections 14, 7 of them reserved), the site: up to {needed_connections()}" in (
        connections.text
    )
    assert f"Raise max_connections to {needed_connections() + 7} or more" in connections.next_step


def test_a_connection_broken_during_the_checks_is_one_failure(
    cluster: PostgresCluster, migrated: str, name: str
) -> None:
    broken = _results_behind_a_lock(cluster, migrated, terminate=name)
    assert failures(broken) == {"migrations"}
    assert "could not be checked: terminating connection" in result_of(broken, "migrations").text
    assert "doctor" in result_of(broken, "migrations").next_step


def test_a_query_without_an_answer_times_out(
    cluster: PostgresCluster, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_connection, "_QUERY_SECONDS", 0.3)
    assert failures(_results_behind_a_lock(cluster, migrated)) == {"migrations"}


def _results_behind_a_lock(cluster: PostgresCluster, address: str, terminate: str | None = None) -> list[CheckResult]:
    """Return the results while a table is locked; waiting connections to the database ``terminate`` are terminated."""
    results: list[CheckResult] = []
    waiting = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with psycopg.connect(address) as holder, psycopg.connect(cluster.conninfo(), autocommit=True) as superuser:
        holder.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        checking = threading.Thread(target=lambda: results.extend(check_results(address)))
        checking.start()
        if terminate:
            waiting += " AND datname = %s"
            wait_for(
                lambda: superuser.execute(waiting.encode(), [terminate]).fetchone() != (0,), what="the waiting doctor"
            )
        checking.join(8)
        assert not checking.is_alive()
    return results
