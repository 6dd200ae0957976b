"""Commands on a database that rejects them: an error with a next step, never a traceback."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.integration.price_lists import write_dismantlers_list
from tests.support.doctor import check_results, failures, result_of
from tests.support.postgres import PostgresCluster
from tests.support.site import COMMAND_SECONDS, free_environment

_OWNER = "keeper"
_READ_ONLY = "?options=-c%20default_transaction_read_only%3Don"


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    with PostgresCluster.started() as started:
        yield started


@pytest.fixture(scope="module")
def new(cluster: PostgresCluster) -> str:
    """Return the URL of a database without tables."""
    return cluster.create_database("new", _OWNER)


@pytest.fixture(scope="module")
def migrated(cluster: PostgresCluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of a database with the tables of this release."""
    address = cluster.create_database("migrated", _OWNER)
    done = run(tmp_path_factory.mktemp("home"), address, "manage", "migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    return address


def run(home: Path, address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``partsearch`` with this database."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "partsearch"), *arguments],
        env={**free_environment(home), "DATABASE_URL": address},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
    )


def assert_fails(done: subprocess.CompletedProcess[str], cause: str, step: str) -> None:
    assert done.returncode == 1, done.stdout
    *_, message, next_step = done.stderr.splitlines()
    assert message.startswith("Error: "), done.stderr
    assert cause in message
    assert step in next_step
    assert "Traceback" not in done.stderr


def test_commands_fail_on_a_read_only_database(migrated: str, new: str, home: Path, tmp_path: Path) -> None:
    commands = (("generate", "5"), ("import", str(write_dismantlers_list(tmp_path))))
    for command in commands:
        assert_fails(run(home, migrated + _READ_ONLY, *command), "The database can only be read", "primary")
    assert_fails(run(home, new + _READ_ONLY, "manage", "migrate"), "The database can only be read", "primary")
    assert_fails(run(home, new + _READ_ONLY, "up"), "read-only transaction", "primary")


def test_doctor_reports_a_read_only_database(migrated: str) -> None:
    assert not [result for result in check_results(migrated) if result.subject == "changes"]
    read_only = check_results(migrated + _READ_ONLY)
    assert "default_transaction_read_only is on" in result_of(read_only, "changes").text
    assert result_of(read_only, "changes").is_advice
    assert failures(read_only) == set()


def test_commands_fail_for_a_role_that_may_not_write(cluster: PostgresCluster, migrated: str, home: Path) -> None:
    cluster.create_role("guest")
    with psycopg.connect(migrated) as connection:
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    address = cluster.url("migrated", "guest")
    assert_fails(run(home, address, "generate", "5"), "lacks the privilege", "Grant")
    assert "role guest may not change mark, model, part" in result_of(check_results(address), "changes").text


def test_other_database_errors_name_a_next_step(cluster: PostgresCluster, migrated: str, new: str, home: Path) -> None:
    assert_fails(run(home, new, "generate", "5"), "does not have the tables of this release", "manage migrate")
    slow = f"{migrated}?options=-c%20statement_timeout%3D1"
    assert_fails(run(home, slow, "generate", "20000"), "stopped the query", "statement_timeout")
    assert_fails(
        run(home, new, "manage", "createsuperuser", "--username", "a", "--noinput", "--email", "a@b.example"),
        "does not have the tables",
        "manage migrate",
    )
    nobody = cluster.url("migrated", "nobody")
    assert_fails(run(home, nobody, "generate", "5"), "nobody", "DATABASE_URL")
