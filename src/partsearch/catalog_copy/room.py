"""What is done to the target around the rows: whether it may be filled, and what is set aside meanwhile."""

from dataclasses import dataclass

from psycopg import sql

from partsearch.catalog_copy.errors import TargetNotEmptyError
from partsearch.catalog_copy.side import Side
from partsearch.catalog_copy.tables import Table
from partsearch.database.notification import CATALOG_CHANNEL

# An admin's account is not to be lost by surprise; the other tables of Django fill themselves.
_HOLDINGS = {"part": "parts", "model": "models", "mark": "marks", "auth_user": "admin accounts"}
_SEARCHED = "part"

_TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname, tgenabled = 'A' FROM pg_trigger
    WHERE tgrelid = ANY(%s::text[]::regclass[]) AND NOT tgisinternal AND tgenabled IN ('O', 'A')
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def holdings(target: Side) -> list[str]:
    """What the target holds that a copy would replace, in words; nothing where it has no tables yet."""
    return [
        words
        for table, words in _HOLDINGS.items()
        if target.value("SELECT to_regclass(%s) IS NOT NULL", [table])
        and target.value(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
    ]


def has_parts(target: Side) -> bool:
    """Whether there is anything to search."""
    return bool(target.value(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(_SEARCHED))))


def require_empty(target: Side) -> None:
    """Raises where the target holds anything.

    Raises:
        TargetNotEmptyError: says what it holds.
    """
    held = holdings(target)
    if held:
        raise TargetNotEmptyError(
            f"TO ({target.place.address.shown()}) is not empty: it has {', '.join(held)}.",
            "Add --replace to have all of that replaced, or name another database.",
        )


def hold(target: Side, tables: list[Table]) -> None:
    """Keeps everybody else from changing the tables until the end of the transaction. Whoever reads goes on reading.

    Raises:
        TableLockedError: somebody is changing them, or copies to them too.
    """
    names = sql.SQL(", ").join(table.identifier for table in tables)
    target.run(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(names))


@dataclass(frozen=True)
class Trigger:
    """A trigger that fires, and whether it does so even in replication."""

    table: str
    name: str
    is_always: bool

    def switched(self, how: str) -> sql.Composed:
        """The statement that switches it."""
        return sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(
            sql.SQL(self.table),  # quoted by PostgreSQL itself
            sql.SQL(how),
            sql.Identifier(self.name),
        )


def switch_triggers_off(target: Side, tables: list[Table]) -> list[Trigger]:
    """Switches the triggers of the tables off, and returns them.

    What they do has been done at the source and is copied with the rest. Foreign keys are not among them: they hold.
    """
    triggers = [Trigger(*row) for row in target.rows(_TRIGGERS, [[table.name for table in tables]])]
    for trigger in triggers:
        target.run(trigger.switched("DISABLE"))
    return triggers


def switch_triggers_on(target: Side, triggers: list[Trigger]) -> None:
    """Switches them on again, each as it was."""
    for trigger in triggers:
        target.run(trigger.switched("ENABLE ALWAYS" if trigger.is_always else "ENABLE"))


def tell_listeners(target: Side) -> None:
    """Tells those who watch the catalog of the change, at its commit: the triggers that would have done so were off."""
    target.run("SELECT pg_notify(%s, '')", [CATALOG_CHANNEL])


def take_indexes_away(target: Side) -> list[str]:
    """Drops the indexes of the table of parts, and returns how they are made again.

    They are made several times as fast over a full table as row by row. It keeps readers out until the end of the
    transaction: only for a target in which there is nothing to read.
    """
    indexes = target.rows(_INDEXES, [_SEARCHED])
    for name, _ in indexes:
        target.run(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
    return [definition for _, definition in indexes]


def make_index(target: Side, definition: str) -> None:
    """Makes an index again."""
    target.run(sql.SQL(definition))  # by PostgreSQL itself


def empty(target: Side, tables: list[Table]) -> None:
    """Deletes every row, seen by nobody before the end. TRUNCATE would keep readers out until then."""
    for table in reversed(tables):
        target.run(sql.SQL("DELETE FROM {}").format(table.identifier))
