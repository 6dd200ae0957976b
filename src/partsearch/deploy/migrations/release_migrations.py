"""The migrations of a release: which are unapplied, whether the lint accepts them, and their application.

They run while the old release serves. So a migration may *expand* the tables, and must not remove what the old release
needs. A *contract* migration of a later release removes what no release needs any more.
"""

import json
import os
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from partsearch.database.address.configured import direct_database_address
from partsearch.database.reachability import require_awake
from partsearch.deploy.errors import MigrationError
from partsearch.deploy.migrations.lint import concurrent_indexes, lint_migrations
from partsearch.deploy.migrations.runner_script import RETRY_EXIT_CODE
from partsearch.deploy.migrations.violations import LintContext, MigrationViolation
from partsearch.operation.release import Release
from partsearch.secret_key import secret_key
from partsearch.settings import Settings
from partsearch.system.commands import CommandFailedError, run_command
from partsearch.system.priority import gently

BIG_TABLE_BYTES = 8 * 1024 * 1024
"""Reading a table of this size takes tens of milliseconds; creating an index on it, some hundred."""
_READ_SECONDS = 180
_MIGRATE_SECONDS = 3600
_BACKOFF_SECONDS = (0.5, 2.0)


def unapplied_migrations(release: Release, settings: Settings) -> list[str]:
    """Return the migrations of a release that the database lacks, in the order of their application.

    Raises:
        MigrationError: the release cannot list its migrations.
        DatabaseUnreachableError: the database does not answer.
    """
    return list(_read(release, settings, "names")["unapplied"])


def migration_violations(
    release: Release, settings: Settings, running: Release, big_table_bytes: int = BIG_TABLE_BYTES
) -> list[MigrationViolation]:
    """Return what the lint finds in the unapplied migrations of a release.

    Args:
        release: the new release.
        settings: name the database.
        running: the release that serves.
        big_table_bytes: a table is big from this size on: reading all of it delays users.

    Raises:
        MigrationError: a release cannot list its migrations.
        DatabaseUnreachableError: the database does not answer.
    """
    found = _read(release, settings, "sql")
    if not found["migrations"]:
        return []
    context = LintContext(found["tables"], found["columns"], set(found["replaceable"]), big_table_bytes)
    return lint_migrations(found["migrations"], context, lambda: set(_read(running, settings, "names")["known"]))


def apply_migrations(
    release: Release,
    settings: Settings,
    lock_timeout_seconds: float = 2.0,
    attempts: int = 20,
    report: Callable[[str], None] = lambda _: None,
) -> None:
    """Apply the migrations of a release.

    All later statements queue behind one that waits for a lock. So it gives up after a short time, and is tried again.

    Args:
        release: the new release.
        settings: name the database.
        lock_timeout_seconds: how long a statement waits for a lock.
        attempts: how often it is tried.
        report: takes a line for each failed attempt.

    Raises:
        MigrationError: they cannot be applied. Those that were applied stay, and the old release can serve with them.
        DatabaseUnreachableError: the database does not answer.
    """
    indexes = concurrent_indexes(_read(release, settings, "sql")["migrations"])
    arguments = [str(round(lock_timeout_seconds * 1000)), *indexes]
    cause: CommandFailedError | None = None
    for left in reversed(range(attempts)):
        try:
            _run_script(release, settings, "runner_script.py", arguments, _MIGRATE_SECONDS)
        except CommandFailedError as error:
            cause = error
        else:
            return
        if cause.code != RETRY_EXIT_CODE:
            raise MigrationError(
                f"The migrations of {release.id} fail: {cause}.", "The old release still serves. Correct them."
            ) from cause
        if left:
            report(f"A migration waits for a lock: {cause}. Trying again, at most {left} more times.")
            time.sleep(random.uniform(*_BACKOFF_SECONDS))  # noqa: S311
    raise MigrationError(
        f"The migrations of {release.id} did not get their locks in {attempts} attempts: {cause}.",
        "End that transaction, or deploy again when it has ended. The old release still serves.",
    ) from cause


def _read(release: Release, settings: Settings, what: str) -> dict[str, Any]:
    try:
        done = _run_script(release, settings, "reader_script.py", [what], _READ_SECONDS)
    except CommandFailedError as error:
        raise MigrationError(
            f"Release {release.id} cannot list its migrations: {error}.",
            "See 'partsearch doctor'; check that 'partsearch manage showmigrations' works in the source.",
        ) from error
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _run_script(
    release: Release, settings: Settings, script: str, arguments: list[str], seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a script of this package with the Python of a release."""
    require_awake(direct_database_address(settings))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
        **settings.environment(),
        "SECRET_KEY": settings.secret_key or secret_key(settings.partsearch_home),
        "HOME": str(settings.partsearch_home),
        "DJANGO_SETTINGS_MODULE": "partsearch.django_service.settings",
    }
    command = gently([str(release.python), "-P", str(Path(__file__).with_name(script)), *arguments])
    return run_command(command, seconds, environment=environment, folder="/")
