"""Applies the migrations of a release. The Python of that release runs it by path, so it imports nothing of ours.

Arguments: the lock timeout in milliseconds, then the names of the indexes that the migrations create CONCURRENTLY.
Exit code 75: a lock timeout or a deadlock; try again.
"""

import sys
from typing import Any

import django
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created

RETRY_EXIT_CODE = 75
_ADVISORY_LOCK = 7_245_903_118
_LOCK_TIMEOUT_OR_DEADLOCK = {"55P03", "40P01"}
_INVALID_INDEXES = """
    SELECT quote_ident(class.relname) FROM pg_index AS index JOIN pg_class AS class ON class.oid = index.indexrelid
    WHERE NOT index.indisvalid AND class.relname = ANY(%s) AND pg_table_is_visible(class.oid)
        AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index WHERE index_relid = class.oid)
"""
_LONGEST_TRANSACTION = """
    SELECT pid, application_name, extract(epoch FROM clock_timestamp() - xact_start)::int FROM pg_stat_activity
    WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database()
        AND backend_type = 'client backend'
    ORDER BY xact_start LIMIT 1
"""


def main() -> int:
    """Migrate, and return the exit code."""
    django.setup()
    timeout, *indexes = sys.argv[1:]

    def set_lock_timeout(**arguments: Any) -> None:
        with arguments["connection"].cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [timeout])

    connection_created.connect(set_lock_timeout, weak=False)
    try:
        with connection.cursor() as cursor:
            # The runner of a killed deployment may still be running.
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
            _drop_invalid_indexes(cursor, indexes)
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) not in _LOCK_TIMEOUT_OR_DEADLOCK:
            raise
        print(f"{str(error).splitlines()[0]}{_longest_transaction()}", file=sys.stderr)
        return RETRY_EXIT_CODE
    return 0


def _drop_invalid_indexes(cursor: Any, indexes: list[str]) -> None:
    """Drop the invalid indexes that an interrupted CREATE INDEX CONCURRENTLY has left under the same names."""
    cursor.execute(_INVALID_INDEXES, [indexes])
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP INDEX CONCURRENTLY {name}")


def _longest_transaction() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_LONGEST_TRANSACTION)
        found = cursor.fetchone()
    return f"; the longest transaction is of process {found[0]} ({found[1]}), {found[2]} s" if found else ""


if __name__ == "__main__":
    sys.exit(main())
