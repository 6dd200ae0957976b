"""Migrations of a release beside the running one: listed, checked, applied; on Debian's PostgreSQL."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest

from partsearch.database.account import grant_traversal, program_folders, site_account
from partsearch.database.django_setup import ensure_django
from partsearch.database.errors import DatabaseError
from partsearch.deploy.build.releases import running_checkout
from partsearch.deploy.errors import MigrationError
from partsearch.deploy.migrations.release_migrations import (
    apply_migrations,
    migration_violations,
    unapplied_migrations,
)
from partsearch.operation.release import Release
from partsearch.settings import Settings, settings
from tests.acceptance.deploy.changed_copy import MIGRATIONS, changed_copy
from tests.support.deadline import wait_for
from tests.support.postgres import PostgresCluster

_OWNER = "keeper"
_HEAD = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
_ADVISORY_LOCK = 7_245_903_118

NewRelease = Callable[..., Release]


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresCluster]:
    """A server with a database ``migrated`` that has the migrations of this checkout."""
    grant_traversal(site_account(), *program_folders())
    with PostgresCluster.started() as cluster:
        address = cluster.create_database("migrated", _OWNER)
        apply_migrations(running_checkout(), settings_of(address))
        yield cluster


@pytest.fixture
def database(cluster: PostgresCluster) -> Iterator[str]:
    """The address of a database with the migrations of this checkout."""
    yield cluster.create_database("test", _OWNER, "TEMPLATE migrated")
    cluster.run("DROP DATABASE test WITH (FORCE)")


@pytest.fixture
def new_release() -> Iterator[NewRelease]:
    """Return a function that makes a release with migrations after those of this checkout."""
    with ExitStack() as stack:

        def make(*operations: str, after: str = last_migration(), files: dict[str, str] | None = None) -> Release:
            texts = dict(files or {})
            for number, text in enumerate(operations, int(after[:4]) + 1):
                name = f"{number:04}_new"
                texts[f"{MIGRATIONS}/{name}.py"] = migration(text, after)
                after = name
            return stack.enter_context(changed_copy(f"9.9.9-{len(texts)}", texts))

        yield make


def last_migration() -> str:
    """Return the last migration of the catalog in this checkout."""
    from partsearch.database.schema import needed_migration

    return needed_migration()


def next_number(steps: int = 1) -> str:
    return f"catalog.{int(last_migration()[:4]) + steps:04}_new"


def migration(text: str, after: str) -> str:
    """Return the source of a migration; ``text`` is an operation, or the whole body of the class."""
    body = text if "operations" in text else f"    operations = [\n        {text},\n    ]\n"
    return f'{_HEAD}    dependencies = [("catalog", "{after}")]\n{body}'


def settings_of(address: str) -> Settings:
    """Return the settings of a site with this database."""
    return settings().model_copy(update={"database_url": address})


def violations_of(release: Release, address: str, running: Release | None = None) -> list[str]:
    return [str(line) for line in migration_violations(release, settings_of(address), running or running_checkout())]


def columns_of(address: str) -> set[str]:
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'part'")
        return {name for (name,) in found}


ADD_SELLER = 'migrations.AddField("part", "seller", models.TextField(null=True))'
ADD_NOTE = "migrations.RunSQL(\"ALTER TABLE part ADD COLUMN note text DEFAULT '' NOT NULL\")"
PYTHON_DEFAULT = 'migrations.AddField("part", "seller", models.TextField(default="nobody"))'
CONCURRENTLY = "CREATE INDEX CONCURRENTLY part_json ON part (id, json_data)"
NOT_ATOMIC = f'    atomic = False\n    operations = [migrations.RunSQL("{CONCURRENTLY}")]\n'


def test_our_own_migrations_after_the_fifth_are_safe(cluster: PostgresCluster) -> None:
    ensure_django()
    from django.db.migrations.loader import MigrationLoader

    names = sorted(name for app, name in MigrationLoader(None).disk_migrations if app == "catalog")
    later = {f"{MIGRATIONS}/{name}.py": None for name in names if int(name[:4]) > 5}
    address = cluster.create_database("at_the_fifth", _OWNER)
    with changed_copy("0.0.5", later) as fifth:
        apply_migrations(fifth, settings_of(address))
        assert len(unapplied_migrations(running_checkout(), settings_of(address))) == len(later)
        found = migration_violations(running_checkout(), settings_of(address), fifth, big_table_bytes=0)
    assert [str(line) for line in found] == []


def test_no_migration_is_unapplied_after_applying_them(database: str) -> None:
    assert unapplied_migrations(running_checkout(), settings_of(database)) == []
    assert migration_violations(running_checkout(), settings_of(database), running_checkout()) == []


def test_an_expanding_migration_is_listed_and_applied(database: str, new_release: NewRelease) -> None:
    release = new_release(ADD_SELLER, ADD_NOTE)
    assert unapplied_migrations(release, settings_of(database)) == [next_number(1), next_number(2)]
    assert violations_of(release, database) == []
    apply_migrations(release, settings_of(database))
    assert {"seller", "note"} <= columns_of(database)
    assert unapplied_migrations(release, settings_of(database)) == []


def test_a_violation_names_its_line(database: str, new_release: NewRelease) -> None:
    (violation,) = violations_of(new_release(PYTHON_DEFAULT), database)
    name = next_number().removeprefix("catalog.")
    assert violation.startswith(f"{next_number()}: {name}.py:7: ALTER TABLE")
    assert "inserts rows without seller" in violation


def test_a_violation_in_an_sql_file_names_its_line(database: str, new_release: NewRelease) -> None:
    text = '    operations = [migrations.RunSQL(Path(__file__).with_name("new.sql").read_text())]\n'
    release = new_release(
        f"    from pathlib import Path\n{text}",
        files={f"{MIGRATIONS}/new.sql": "-- Safe.\nSELECT 1;\n\nALTER TABLE part\n    DROP COLUMN price;\n"},
    )
    (violation,) = violations_of(release, database)
    assert "new.sql:4: ALTER TABLE part DROP COLUMN price: the running release may use what is dropped" in violation


def test_a_table_that_the_same_release_creates_may_be_changed(database: str, new_release: NewRelease) -> None:
    create = 'migrations.CreateModel("Seller", [("id", models.BigAutoField(primary_key=True))], {"db_table": "seller"})'
    require = 'migrations.AddField("seller", "town", models.TextField(default=""))'
    assert violations_of(new_release(create, require), database) == []


def test_python_code_needs_an_explanation(database: str, new_release: NewRelease) -> None:
    code = "migrations.RunPython(lambda apps, editor: None)"
    (violation,) = violations_of(new_release(code), database)
    assert "cannot be read" in violation
    assert violations_of(new_release(f"{code},  # expand: it does nothing at all"), database) == []


def test_an_index_of_a_big_table_is_created_concurrently(database: str, new_release: NewRelease) -> None:
    plainly = new_release('migrations.RunSQL("CREATE INDEX part_json ON part (id, json_data)")')
    assert violations_of(plainly, database) == []
    (found,) = migration_violations(plainly, settings_of(database), running_checkout(), big_table_bytes=0)
    assert "CONCURRENTLY" in found.reason
    in_a_transaction = new_release(f'migrations.RunSQL("{CONCURRENTLY}")')
    assert "atomic = False" in violations_of(in_a_transaction, database)[0]
    assert violations_of(new_release(NOT_ATOMIC), database) == []


def test_a_migration_that_is_not_atomic_has_one_statement(database: str, new_release: NewRelease) -> None:
    two = NOT_ATOMIC.replace("operations = [", 'operations = [migrations.RunSQL("SELECT 1"), ')
    assert all("half of a migration" in violation for violation in violations_of(new_release(two), database))


def test_an_operation_that_cannot_run_is_reported(database: str, new_release: NewRelease) -> None:
    text = "    from django.contrib.postgres.operations import AddIndexConcurrently\n    operations = [OPERATION]\n"
    operation = 'AddIndexConcurrently("part", models.Index(fields=["name"], name="part_by_name"))'
    (violation,) = violations_of(new_release(text.replace("OPERATION", operation)), database)
    assert "cannot be executed inside a transaction" in violation
    with pytest.raises(MigrationError, match="no field named 'nothing'"):
        violations_of(new_release('migrations.RenameField("part", "nothing", "something")'), database)


def test_a_contract_waits_until_the_running_release_has_the_expansion(database: str, new_release: NewRelease) -> None:
    expanding = new_release(ADD_SELLER)
    contract = f'migrations.RunSQL("ALTER TABLE part DROP COLUMN seller"),  # contract after {next_number()}'
    both = new_release(ADD_SELLER, contract)
    (violation,) = violations_of(both, database)
    assert f"does not know {next_number()} yet" in violation
    apply_migrations(expanding, settings_of(database))
    assert violations_of(both, database, running=expanding) == []
    assert len(violations_of(both, database, running=running_checkout())) == 1
    (unnamed,) = violations_of(new_release(ADD_SELLER, contract.partition(" after")[0]), database, running=expanding)
    assert "say which migration" in unnamed


def test_a_migration_that_waits_for_a_lock_does_not_block_reads(database: str, new_release: NewRelease) -> None:
    release, messages = new_release(ADD_SELLER), list[str]()
    with psycopg.connect(database, application_name="a long report") as reader:
        reader.execute("SELECT count(*) FROM part")
        done = threading.Thread(
            target=apply_migrations, args=(release, settings_of(database), 0.2, 50, messages.append)
        )
        done.start()
        wait_for(lambda: len(messages) >= 2, what="two failed attempts")
        assert "lock timeout" in messages[0]
        assert "a long report" in messages[0]
        with psycopg.connect(database, options="-c statement_timeout=3000") as other:
            other.execute("SELECT count(*) FROM part")
        assert "seller" not in columns_of(database)
    done.join(30)
    assert not done.is_alive()
    assert "seller" in columns_of(database)


def test_a_migration_gives_up_after_its_attempts(database: str, new_release: NewRelease) -> None:
    release = new_release(ADD_SELLER)
    with psycopg.connect(database) as reader:
        reader.execute("SELECT count(*) FROM part")
        with pytest.raises(MigrationError, match="in 2 attempts") as raised:
            apply_migrations(release, settings_of(database), lock_timeout_seconds=0.1, attempts=2)
    assert "End that transaction" in raised.value.next_step
    assert "seller" not in columns_of(database)


def test_only_one_deployment_migrates_at_a_time(database: str, new_release: NewRelease) -> None:
    release = new_release(ADD_SELLER)
    with psycopg.connect(database) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        with pytest.raises(MigrationError, match="lock timeout"):
            apply_migrations(release, settings_of(database), lock_timeout_seconds=0.1, attempts=1)


def test_an_invalid_index_is_created_again(database: str, new_release: NewRelease) -> None:
    release = new_release(NOT_ATOMIC)
    with psycopg.connect(database) as writer:
        writer.execute("LOCK TABLE part IN ROW EXCLUSIVE MODE")
        with (
            psycopg.connect(database, autocommit=True, options="-c lock_timeout=100") as interrupted,
            pytest.raises(psycopg.errors.LockNotAvailable),
        ):
            interrupted.execute(CONCURRENTLY.encode())
    with psycopg.connect(database) as connection:
        valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'part_json'::regclass"
        assert connection.execute(valid).fetchone() == (False,)
    apply_migrations(release, settings_of(database))
    with psycopg.connect(database) as connection:
        assert connection.execute(valid).fetchone() == (True,)


def test_a_migration_that_fails_is_reported(database: str, new_release: NewRelease) -> None:
    release = new_release('migrations.RunSQL("ALTER TABLE part ADD COLUMN seller no_such_type")')
    with pytest.raises(MigrationError, match="no_such_type"):
        apply_migrations(release, settings_of(database))


def test_a_release_that_cannot_list_its_migrations(database: str) -> None:
    broken = changed_copy("9.9.9-broken", {"catalog/models.py": "raise RuntimeError('not today')"})
    with broken as release, pytest.raises(MigrationError, match="not today"):
        unapplied_migrations(release, settings_of(database))


def test_a_database_that_does_not_answer(cluster: PostgresCluster) -> None:
    with pytest.raises(DatabaseError):
        unapplied_migrations(running_checkout(), settings_of(cluster.url("no_such_database", _OWNER)))
