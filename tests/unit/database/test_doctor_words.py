"""What doctor says where the tests have no such server: an old one, a far one, one that refuses in other words."""

import pytest
from django.contrib.postgres.operations import CreateExtension
from django.db.migrations.loader import MigrationLoader

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.connection_advice import next_step, said
from partsearch.database.django_setup import ensure_django
from partsearch.database.doctor.encryption import encryption_finding
from partsearch.database.doctor.replica import staleness_finding
from partsearch.database.doctor.schema import MIGRATIONS, NEEDED_EXTENSIONS
from partsearch.database.doctor.version import version_finding
from partsearch.database.doctor.ways import ONLY, Way

_ADDRESS = DatabaseAddress(
    DatabaseKind.LOCAL, {"host": "db.example", "user": "anna", "password": "p@ss", "dbname": "parts"}
)


def test_the_migrations_that_are_looked_for_are_django_s() -> None:
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


def test_an_old_server_is_a_fault() -> None:
    old = version_finding("14.9 (Debian 14.9-1)", 140_009)
    assert old.is_fault
    assert old.text == "PostgreSQL 14.9"
    assert old.next_step == "Use PostgreSQL 15 or newer."
    assert not version_finding("15.0", 150_000).is_fault


@pytest.mark.parametrize(("kind", "is_fault"), [(DatabaseKind.LOCAL, False), (DatabaseKind.NEON, True)])
def test_no_tls_over_a_network_is_told(kind: DatabaseKind, is_fault: bool) -> None:
    way = Way(ONLY, "DATABASE_URL", DatabaseAddress(kind, {"host": "db.example", "dbname": "parts"}))
    finding = encryption_finding(way, "", on_this_machine=False)
    assert finding.is_fault is is_fault
    assert "add sslmode=require to DATABASE_URL" in finding.next_step
    assert encryption_finding(way, "", on_this_machine=True).next_step == ""


@pytest.mark.parametrize(
    ("seconds", "missing", "text", "is_advice"),
    [
        (3600.0, 0, "its newest change is 3600.0 s old; it has all that the primary wrote", False),
        (2.0, 500, "its newest change is 2.0 s old; it misses 500 bytes", False),
        (61.0, 500, "its newest change is 61.0 s old; it misses 500 bytes", True),
        (None, 500, "no change came since it was started; it misses 500 bytes", True),
        (2.0, None, "how much it misses it does not say", False),
    ],
)
def test_the_age_of_a_replica(seconds: float | None, missing: int | None, text: str, is_advice: bool) -> None:
    finding = staleness_finding(seconds, missing)
    assert text in finding.text
    assert finding.is_advice is is_advice


@pytest.mark.parametrize(
    ("text", "to_do"),
    [
        ('no pg_hba.conf entry for host "::1", user "anna", database "parts", no encryption', "sslmode=require"),
        ('no pg_hba.conf entry for host "::1", user "anna", database "parts", SSL encryption', "Add this machine"),
        ('Peer authentication failed for user "anna"', "host, user and password"),
        ("SSL error: certificate verify failed", "sslrootcert"),
        ("channel binding required, but server authenticated without", "channel_binding"),
        ("unsupported startup parameter: options", "Leave it out of DATABASE_URL"),
        ("the database system is starting up", "Wait a moment"),
        ("connection timeout expired", "firewall"),
        ("something new", "See that it runs and that DATABASE_URL names it rightly."),
    ],
)
def test_each_refusal_has_its_next_step(text: str, to_do: str) -> None:
    assert to_do in next_step(text, "DATABASE_URL", _ADDRESS)


def test_the_embedded_database_is_started_by_up_or_asked_as_its_own_account() -> None:
    embedded = DatabaseAddress(DatabaseKind.EMBEDDED, {"dbname": "parts"})
    assert "partsearch up" in next_step("No such file or directory", "DATABASE_URL", embedded)
    assert "account" in next_step("Permission denied", "DATABASE_URL", embedded)


def test_a_driver_that_quotes_the_password_is_not_repeated() -> None:
    text = said(RuntimeError('connection failed: wrong "p@ss" in postgresql://anna:p%40ss@db.example\nmore'), _ADDRESS)
    assert text == 'wrong "***" in postgresql://anna:***@db.example'
