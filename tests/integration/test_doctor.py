"""``partsearch doctor`` on PostgreSQL 15: what it finds in a database, and what it says to do."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from partsearch.database.check_result import CheckResult
from partsearch.database.connections import needed_connections
from partsearch.database.doctor import asking
from partsearch.database.doctor.limits import service_need
from partsearch.database.readiness import needed_migration
from tests.support.deadline import wait_for
from tests.support.doctor import MIGRATE, faults, findings, found
from tests.support.postgres import EMBEDDED, PostgresCluster
from tests.support.site import RunningSite, free_environment

_OWNER = "parts_owner"


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    """A server with a migrated database, ``migrated``, to make others from."""
    with PostgresCluster.started(settings={"max_connections": "1000"}) as cluster:
        address = cluster.create_database("migrated", _OWNER)
        migrated = RunningSite(dict(os.environ)).run("manage", "migrate", DATABASE_URL=address)
        assert migrated.returncode == 0, migrated.stderr
        yield cluster


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A name for a database of this test alone."""
    return request.node.name.replace("[", "_").rstrip("]")[:60]


@pytest.fixture
def migrated(cluster: PostgresCluster, name: str) -> str:
    """The address of a migrated database that is this test's own."""
    return cluster.create_database(name, _OWNER, "TEMPLATE migrated")


def test_the_command_is_content_with_a_good_database(cluster: PostgresCluster, migrated: str, home: Path) -> None:
    run = RunningSite(free_environment(home)).run("doctor", DATABASE_URL=migrated)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "PostgreSQL 15." in run.stdout
    assert "✗" not in run.stdout
    assert cluster.password not in run.stdout


def test_the_command_fails_where_the_site_cannot_serve(cluster: PostgresCluster, name: str) -> None:
    run = RunningSite(dict(os.environ)).run("doctor", DATABASE_URL=cluster.create_database(name, _OWNER))
    assert run.returncode == 1
    lines = run.stdout.splitlines()
    fault = next(number for number, line in enumerate(lines) if line.startswith("✗ migrations:"))
    assert lines[fault + 1] == f"  → {MIGRATE}"
    assert cluster.password not in run.stdout + run.stderr


def test_a_good_database_has_no_fault_and_no_advice(migrated: str) -> None:
    good = findings(migrated)
    assert [finding for finding in good if finding.next_step] == []
    assert "7 trigrams" in found(good, "locale").text
    assert needed_migration() in found(good, "migrations").text
    assert found(good, "extensions").text.startswith("pg_trgm 1.")
    assert found(good, "catalog").text == "about 0 parts"
    assert "ms, the median of 20" in found(good, "round trip").text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("ENCODING 'UTF8' LOCALE 'C'", "LC_CTYPE is C: indexes see no Cyrillic letters"),
        ("ENCODING 'SQL_ASCII' LOCALE 'C'", "the encoding is SQL_ASCII, not UTF8"),
    ],
    ids=["C", "SQL_ASCII"],
)
@pytest.mark.parametrize("is_installed", [False, True])
def test_a_locale_without_cyrillic_letters(
    cluster: PostgresCluster, name: str, options: str, said: str, is_installed: bool
) -> None:
    address = cluster.create_database(name, _OWNER, f"{options} TEMPLATE template0")
    if is_installed:
        with psycopg.connect(address) as connection:
            connection.execute("CREATE EXTENSION pg_trgm")
    locale = found(findings(address), "locale")
    assert locale.is_fault
    assert said in locale.text
    assert "LOCALE 'C.UTF-8'" in locale.next_step


def test_a_new_database_wants_to_be_migrated(cluster: PostgresCluster, name: str) -> None:
    new = findings(cluster.create_database(name, _OWNER))
    assert faults(new) == {"extensions", "migrations"}
    assert "the database is new" in found(new, "migrations").text
    assert "missing, installable" in found(new, "extensions").text
    assert MIGRATE in found(new, "extensions").next_step


def test_a_role_that_may_not_create(cluster: PostgresCluster, name: str) -> None:
    cluster.create_database(name, _OWNER)
    cluster.create_role("guest")
    guest = findings(cluster.url(name, "guest"))
    assert "installable, but not by role guest" in found(guest, "extensions").text
    assert found(guest, "extensions").next_step == (
        f"Have {_OWNER}, who owns the database, or a superuser run in {name}: CREATE EXTENSION pg_trgm;"
    )
    assert "GRANT CREATE ON SCHEMA public TO guest" in found(guest, "migrations").next_step


def test_a_role_that_may_not_read(cluster: PostgresCluster, migrated: str, name: str) -> None:
    cluster.create_role("reader")
    reader = findings(cluster.url(name, "reader"))
    assert faults(reader) == {"catalog"}
    assert found(reader, "catalog").next_step == "Run GRANT SELECT ON mark, model, part TO reader;"
    assert "could not be checked: permission denied" in found(reader, "migrations").text


def test_an_extension_that_the_server_does_not_have() -> None:
    with PostgresCluster.started(EMBEDDED, settings={"extension_control_path": "/nowhere"}) as cluster:
        extension = found(findings(cluster.url()), "extensions")
    assert extension.is_fault
    assert "not available on this server" in extension.text
    assert "postgresql-contrib" in extension.next_step


def test_missing_migrations_are_named(migrated: str) -> None:
    with psycopg.connect(migrated) as connection:
        connection.execute("DELETE FROM django_migrations WHERE name >= '0006' AND app = 'catalog'")
    migrations = found(findings(migrated), "migrations")
    assert migrations.is_fault
    assert "2 of " in migrations.text
    assert f"catalog.0006_catalog_notify, catalog.{needed_migration()}" in migrations.text
    assert migrations.next_step == MIGRATE


def test_a_newer_release_has_been_here(migrated: str) -> None:
    with psycopg.connect(migrated) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES"
            " ('catalog', '9999_tomorrow', now()), ('somebody_else', '0001_initial', now())"
        )
    newer = findings(migrated)
    assert faults(newer) == set()
    advice = next(finding for finding in newer if finding.is_advice)
    assert advice.text == "not known to this release: catalog.9999_tomorrow; a newer release has been here"


@pytest.mark.parametrize("least", ["ROLE", "DATABASE"])
def test_the_least_limit_of_connections_counts(cluster: PostgresCluster, name: str, least: str) -> None:
    owner = f"owner_{least.lower()}"
    address = cluster.create_database(name, owner, "TEMPLATE migrated")
    who = owner if least == "ROLE" else f'"{name}"'
    cluster.run(f'ALTER DATABASE "{name}" CONNECTION LIMIT 900', f"ALTER ROLE {owner} CONNECTION LIMIT 901")
    assert found(findings(address), "connections").next_step == ""
    for limit, is_fault in ((needed_connections() - 1, False), (service_need().fewest, True)):
        cluster.run(f"ALTER {least} {who} CONNECTION LIMIT {limit}")
        connections = found(findings(address), "connections")
        assert f"{limit} allowed (the limit of {least.lower()} " in connections.text
        assert connections.is_fault is is_fault
        assert f"CONNECTION LIMIT {needed_connections()}" in connections.next_step


def test_too_small_a_max_connections_counts_what_is_reserved() -> None:
    with PostgresCluster.started(EMBEDDED, settings={"max_connections": "14", "reserved_connections": "4"}) as cluster:
        connections = found(findings(cluster.url()), "connections")
    assert connections.is_fault
    assert f"7 allowed (max_connections 14, 7 of them reserved), the site: up to {needed_connections()}" in (
        connections.text
    )
    assert f"Raise max_connections to {needed_connections() + 7} or more" in connections.next_step


def test_a_connection_that_is_cut_meanwhile_is_one_fault(cluster: PostgresCluster, migrated: str, name: str) -> None:
    gone = _findings_behind_a_lock(cluster, migrated, cut=name)
    assert faults(gone) == {"migrations"}
    assert "could not be checked: terminating connection" in found(gone, "migrations").text
    assert "doctor" in found(gone, "migrations").next_step


def test_a_database_that_does_not_answer_is_not_waited_for(
    cluster: PostgresCluster, migrated: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_QUESTION_SECONDS", 0.3)
    assert faults(_findings_behind_a_lock(cluster, migrated)) == {"migrations"}


def _findings_behind_a_lock(cluster: PostgresCluster, address: str, cut: str | None = None) -> list[CheckResult]:
    """What is found while somebody holds a table; the waiting connection to the database ``cut`` is cut."""
    gathered: list[CheckResult] = []
    waiting = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with psycopg.connect(address) as holder, psycopg.connect(cluster.conninfo(), autocommit=True) as superuser:
        holder.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        asked = threading.Thread(target=lambda: gathered.extend(findings(address)))
        asked.start()
        if cut:
            waiting += " AND datname = %s"
            wait_for(lambda: superuser.execute(waiting.encode(), [cut]).fetchone() != (0,), what="the waiting doctor")
        asked.join(8)
        assert not asked.is_alive()
    return gathered
