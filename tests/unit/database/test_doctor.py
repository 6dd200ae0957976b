"""The results and next steps of ``doctor`` for servers that the tests do not have: old, remote, or other errors."""

import pytest
from django.contrib.postgres.operations import CreateExtension
from django.db.migrations.loader import MigrationLoader

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.django_setup import ensure_django
from partsearch.database.doctor.connection import tls_result
from partsearch.database.doctor.replica import age_result
from partsearch.database.doctor.routes import ONLY, DatabaseRoute
from partsearch.database.doctor.schema import MIGRATIONS, NEEDED_EXTENSIONS
from partsearch.database.doctor.server import version_result
from partsearch.database.errors.connection_advice import error_text, next_step

_ADDRESS = DatabaseAddress(
    DatabaseKind.LOCAL, {"host": "db.example", "user": "anna", "password": "p@ss", "dbname": "parts"}
)


def test_the_checked_migrations_are_all_of_djangos() -> None:
    ensure_django()
    disk = MigrationLoader(None).disk_migrations
    assert {app for app, _ in disk} == set(MIGRATIONS)
    created = {
        operation.name
        for migration in disk.values()
        for operation in migration.operations
        if isinstance(operation, CreateExtension)
    }
    assert created == set(NEEDED_EXTENSIONS)


def test_an_old_server_is_a_failure() -> None:
    old = version_result("14.9 (Debian 14.9-1)", 140_009)
    assert old.is_failure
    assert old.text == "PostgreSQL 14.9"
    assert old.next_step == "Use PostgreSQL 15 or newer."
    assert not version_result("15.0", 150_000).is_failure


@pytest.mark.parametrize(("kind", "is_failure"), [(DatabaseKind.LOCAL, False), (DatabaseKind.NEON, True)])
def test_a_remote_connection_without_tls_is_reported(kind: DatabaseKind, is_failure: bool) -> None:
    route = DatabaseRoute(ONLY, "DATABASE_URL", DatabaseAddress(kind, {"host": "db.example", "dbname": "parts"}))
    result = tls_result(route, "", is_local=False)
    assert result.is_failure is is_failure
    assert "add sslmode=require to DATABASE_URL" in result.next_step
    assert tls_result(route, "", is_local=True).next_step == ""


@pytest.mark.parametrize(
    ("seconds", "missing", "text", "is_advice"),
    [
        (3600.0, 0, "its newest change is 3600.0 s old; it has all that the primary wrote", False),
        (2.0, 500, "its newest change is 2.0 s old; it misses 500 bytes", False),
        (61.0, 500, "its newest change is 61.0 s old; it misses 500 bytes", True),
        (None, 500, "no change came since it was started; it misses 500 bytes", True),
        (2.0, None, "how much it misses is unknown", False),
    ],
)
def test_the_age_of_a_replica(seconds: float | None, missing: int | None, text: str, is_advice: bool) -> None:
    result = age_result(seconds, missing)
    assert text in result.text
    assert result.is_advice is is_advice


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ('no pg_hba.conf entry for host "::1", user "anna", database "parts", no encryption', "sslmode=require"),
        ('no pg_hba.conf entry for host "::1", user "anna", database "parts", SSL encryption', "Add this machine"),
        ('Peer authentication failed for user "anna"', "host, user and password"),
        ("SSL error: certificate verify failed", "sslrootcert"),
        ("channel binding required, but server authenticated without", "channel_binding"),
        ("unsupported startup parameter: options", "Remove it from DATABASE_URL"),
        ("the database system is starting up", "Wait a moment"),
        ("connection timeout expired", "firewall"),
        ("something new", "Check that it runs and that DATABASE_URL has its address."),
    ],
)
def test_each_connection_error_has_its_next_step(text: str, step: str) -> None:
    assert step in next_step(text, "DATABASE_URL", _ADDRESS)


def test_the_next_step_for_the_embedded_database_is_up_or_its_account() -> None:
    embedded = DatabaseAddress(DatabaseKind.EMBEDDED, {"dbname": "parts"})
    assert "partsearch up" in next_step("No such file or directory", "DATABASE_URL", embedded)
    assert "account" in next_step("Permission denied", "DATABASE_URL", embedded)


def test_a_password_in_an_error_of_the_driver_is_replaced() -> None:
    text = error_text(
        RuntimeError('connection failed: wrong "p@ss" in postgresql://anna:p%40ss@db.example\nmore'), _ADDRESS
    )
    assert text == 'wrong "***" in postgresql://anna:***@db.example'
