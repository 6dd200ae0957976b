"""The migrations of a release: which are missing, whether the release before can live with them, and applying them.

They run while the release before serves. So they may *expand* the tables, and not take away what it needs; what nothing
needs any more is taken away by a *contract* migration of a later release.
"""

import json
import os
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from partsearch.database.configured import direct_database_address
from partsearch.database.reachability import require_awake
from partsearch.deploy.breaking import BreakingLine, breaking, concurrent_indexes
from partsearch.deploy.errors import MigrationError
from partsearch.deploy.migration_runner import TRY_AGAIN
from partsearch.deploy.safety import Known
from partsearch.operation.release import Release
from partsearch.secret_key import secret_key
from partsearch.settings import Settings
from partsearch.system.priority import gently

BIG_TABLE_BYTES = 8 * 1024 * 1024
"""Reading a table of this size takes tens of milliseconds; making an index of it, some hundred."""
_READ_SECONDS = 180
_MIGRATE_SECONDS = 3600
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.5, 2.0


def unapplied(release: Release, settings: Settings) -> list[str]:
    """The migrations of a release that the database has not had, in the order in which they will be applied.

    Raises:
        MigrationError: the release cannot tell.
        DatabaseUnreachableError: the database does not answer.
    """
    return list(_read(release, settings, "names")["unapplied"])


def breaking_lines(
    release: Release, settings: Settings, running: Release, big_table_bytes: int = BIG_TABLE_BYTES
) -> list[BreakingLine]:
    """What in the unapplied migrations of a release would hurt while another release serves.

    Args:
        release: the new release.
        settings: say where the database is.
        running: the release that serves.
        big_table_bytes: a table is big from this size on: reading all of it takes long enough to be noticed.

    Raises:
        MigrationError: a release cannot tell its migrations.
        DatabaseUnreachableError: the database does not answer.
    """
    told = _read(release, settings, "sql")
    if not told["migrations"]:
        return []
    known = Known(told["tables"], told["columns"], set(told["replaceable"]), big_table_bytes)
    return breaking(told["migrations"], known, lambda: set(_read(running, settings, "names")["known"]))


def migrate(
    release: Release,
    settings: Settings,
    lock_timeout_seconds: float = 2.0,
    tries: int = 20,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Applies the migrations of a release.

    A statement that waits for a lock makes everybody wait who comes after it; so it gives up soon, and is tried again.

    Args:
        release: the new release.
        settings: say where the database is.
        lock_timeout_seconds: how long a statement may wait for a lock.
        tries: how often it is tried.
        say: takes a line for each try that was in vain.

    Raises:
        MigrationError: they cannot be applied; what was applied before stays, and hurts nobody.
        DatabaseUnreachableError: the database does not answer.
    """
    indexes = concurrent_indexes(_read(release, settings, "sql")["migrations"])
    arguments = [str(round(lock_timeout_seconds * 1000)), *indexes]
    said = ""
    for left in reversed(range(tries)):
        done = _run(release, settings, "migration_runner.py", arguments, _MIGRATE_SECONDS)
        if done.returncode == 0:
            return
        said = _said(done.stderr)
        if done.returncode != TRY_AGAIN:
            raise MigrationError(
                f"The migrations of {release.id} fail: {said}.", "The release before goes on serving. Correct them."
            )
        if left:
            say(f"A migration waits for others: {said}. Trying again, {left} more times at the most.")
            time.sleep(random.uniform(_SHORTEST_PAUSE, _LONGEST_PAUSE))  # noqa: S311
    raise MigrationError(
        f"The migrations of {release.id} had to wait for others too long, {tries} times: {said}.",
        "End that transaction, or deploy again when it has ended. The release before goes on serving.",
    )


def _read(release: Release, settings: Settings, what: str) -> dict[str, Any]:
    done = _run(release, settings, "migration_reader.py", [what], _READ_SECONDS)
    if done.returncode:
        raise MigrationError(
            f"Release {release.id} cannot tell its migrations: {_said(done.stderr)}.",
            "See 'partsearch doctor'; does 'partsearch manage showmigrations' work in the source?",
        )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _run(
    release: Release, settings: Settings, script: str, arguments: list[str], seconds: float
) -> subprocess.CompletedProcess[str]:
    """Runs a script of ours by a release's Python."""
    require_awake(direct_database_address(settings))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
        **settings.environment(),
        "SECRET_KEY": settings.secret_key or secret_key(settings.partsearch_home),
        "HOME": str(settings.partsearch_home),
        "DJANGO_SETTINGS_MODULE": "partsearch.django_service.settings",
    }
    try:
        return subprocess.run(
            gently([str(release.python), "-P", str(Path(__file__).with_name(script)), *arguments]),
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MigrationError(
            f"The migrations of {release.id} took longer than {seconds:g} s.", "The release before goes on serving."
        ) from None


def _said(stderr: str) -> str:
    """The exception of a traceback without its details, else the last line."""
    lines = stderr.strip().splitlines() or ["no reason given"]
    frames = [number for number, line in enumerate(lines) if line.startswith('  File "')]
    told = [line for line in lines[frames[-1] + 1 :] if not line.startswith(" ")] if frames else lines[-1:]
    return (told or lines)[0].rstrip(".")
