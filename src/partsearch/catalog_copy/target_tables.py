"""Preparing the target tables for the rows: locks, triggers, indexes, and whether they are empty."""

from dataclasses import dataclass

from psycopg import sql

from partsearch.catalog_copy.connection import CopyConnection
from partsearch.catalog_copy.errors import TargetNotEmptyError
from partsearch.catalog_copy.tables import CopiedTable
from partsearch.database.schema import CATALOG_CHANNEL

# A copy must not delete an admin account unasked. Django fills its other tables itself.
_COUNTED = {"part": "parts", "model": "models", "mark": "marks", "auth_user": "admin accounts"}
_SEARCHED = "part"

_TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname, tgenabled = 'A' FROM pg_trigger
    WHERE tgrelid = ANY(%s::text[]::regclass[]) AND NOT tgisinternal AND tgenabled IN ('O', 'A')
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def held_rows(target: CopyConnection) -> list[str]:
    """Return what the target holds that a copy would replace, for display; empty if it has no tables yet."""
    return [
        words
        for table, words in _COUNTED.items()
        if target.value("SELECT to_regclass(%s) IS NOT NULL", [table])
        and target.value(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
    ]


def has_parts(target: CopyConnection) -> bool:
    """Return whether the target has parts."""
    return bool(target.value(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(_SEARCHED))))


def require_empty(target: CopyConnection) -> None:
    """Raise TargetNotEmptyError, which names what the target holds, unless it is empty."""
    held = held_rows(target)
    if held:
        raise TargetNotEmptyError(
            f"TO ({target.endpoint.address.display_name()}) is not empty: it has {', '.join(held)}.",
            "Add --replace to have all of that replaced, or name another database.",
        )


def lock_tables(target: CopyConnection, tables: list[CopiedTable]) -> None:
    """Lock the tables against changes until the end of the transaction. Reads continue.

    Raises:
        TableLockedError: another transaction is changing them, or copying to them.
    """
    names = sql.SQL(", ").join(table.identifier for table in tables)
    target.run(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(names))


@dataclass(frozen=True)
class Trigger:
    """An enabled trigger, and whether it fires even in replication (``ENABLE ALWAYS``)."""

    table: str
    name: str
    is_always: bool

    def switch_statement(self, how: str) -> sql.Composed:
        """Return the statement that enables or disables it."""
        return sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(
            sql.SQL(self.table),  # quoted by PostgreSQL itself
            sql.SQL(how),
            sql.Identifier(self.name),
        )


def disable_triggers(target: CopyConnection, tables: list[CopiedTable]) -> list[Trigger]:
    """Disable the triggers of the tables, and return them.

    Their effects exist at the source and are copied with the rows. Foreign keys stay enabled.
    """
    triggers = [Trigger(*row) for row in target.rows(_TRIGGERS, [[table.name for table in tables]])]
    for trigger in triggers:
        target.run(trigger.switch_statement("DISABLE"))
    return triggers


def enable_triggers(target: CopyConnection, triggers: list[Trigger]) -> None:
    """Enable the triggers again, each in its former mode."""
    for trigger in triggers:
        target.run(trigger.switch_statement("ENABLE ALWAYS" if trigger.is_always else "ENABLE"))


def notify_listeners(target: CopyConnection) -> None:
    """Notify the change listeners at the commit: the triggers that would have done so were disabled."""
    target.run("SELECT pg_notify(%s, '')", [CATALOG_CHANNEL])


def clear_totals(target: CopyConnection) -> None:
    """Delete the planes of the old parts. Until new ones are built searches read the parts."""
    target.run("LOCK TABLE totals_state IN EXCLUSIVE MODE")
    for table in ("totals_sum", "totals_plane", "totals_segment", "totals_change", "totals_mark_change"):
        target.run(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    target.run("UPDATE totals_state SET is_ready = false")


def drop_indexes(target: CopyConnection) -> list[str]:
    """Drop the indexes of the table ``part``, and return their definitions.

    Building an index over a full table is several times as fast as row by row. It locks readers out until the end of
    the transaction, so it is only for a target without parts.
    """
    indexes = target.rows(_INDEXES, [_SEARCHED])
    for name, _ in indexes:
        target.run(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
    return [definition for _, definition in indexes]


def create_index(target: CopyConnection, definition: str) -> None:
    """Create an index."""
    target.run(sql.SQL(definition))  # the definition is from pg_get_indexdef


def delete_rows(target: CopyConnection, tables: list[CopiedTable]) -> None:
    """Delete every row. TRUNCATE would lock readers out until the commit."""
    for table in reversed(tables):
        target.run(sql.SQL("DELETE FROM {}").format(table.identifier))
