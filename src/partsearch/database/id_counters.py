"""The counters of the catalog's ids: where each table numbers on, and which ids are given already.

A row whose id is given by hand, by any SQL client or by a dump of rows alone, leaves the counter of its table behind.
The next row that the counter numbers then has an id that is taken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

COUNTED_TABLES = ("mark", "model", "part")

_SEQUENCES = """
    SELECT name, sequence FROM unnest({tables}::text[]) AS name
    CROSS JOIN LATERAL (SELECT CASE WHEN to_regclass(name) IS NOT NULL THEN pg_get_serial_sequence(name, 'id') END)
        AS owned (sequence)
    WHERE has_sequence_privilege(sequence, 'SELECT') AND has_table_privilege(to_regclass(name), 'SELECT')
"""
_STATE = "SELECT {name}, {sequence}, last_value - (NOT is_called)::integer, {in_use} FROM {counter}"
_HALF = (2**63 - 1) // 2

Ask = Callable[[str], Sequence[tuple[Any, ...]]]


@dataclass(frozen=True)
class IdCounter:
    """The counter of one table.

    Attributes:
        sequence: its name, quoted where it must be.
        last: the number that it gave last.
        highest: the highest id of the table.
    """

    table: str
    sequence: str
    last: int
    highest: int

    @property
    def is_behind(self) -> bool:
        """Whether it is about to give an id that may be taken."""
        return self.last < self.highest


def id_counters(ask: Ask) -> list[IdCounter]:
    """Return the counters of the catalog, without those that this role may not look at.

    Args:
        ask: runs a query and returns its rows.
    """
    query = sql.SQL(_SEQUENCES).format(tables=sql.Literal(list(COUNTED_TABLES)))
    states = [_state(table, sequence) for table, sequence in ask(query.as_string(None)) if sequence]
    return [IdCounter(*row) for row in ask(sql.SQL(" UNION ALL ").join(states).as_string(None))] if states else []


def ids_in_use(table: str, column: str, half: int) -> sql.Composed:
    """Return the expression for the highest id that a counter may have to go past.

    Args:
        table: whose.
        column: has the ids.
        half: of what the counter can reach. Ids above it are left out: no counter gets there by counting, and after the
            highest of them there might be none left.
    """
    query = sql.SQL("(SELECT coalesce(max({column}), 0) FROM {table} WHERE {column} <= {half})")
    return query.format(column=sql.Identifier(column), table=sql.Identifier(table), half=sql.Literal(half))


def _state(table: str, sequence: str) -> sql.Composed:
    return sql.SQL(_STATE).format(
        name=sql.Literal(table),
        sequence=sql.Literal(sequence),
        in_use=ids_in_use(table, "id", _HALF),
        counter=sql.SQL(sequence),  # quoted by PostgreSQL itself
    )
