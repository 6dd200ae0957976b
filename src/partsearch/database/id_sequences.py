"""The sequences of the catalog's ids, compared with the ids in use.

A row inserted with an explicit id, by an SQL client or from a dump of rows alone, leaves the sequence of its table
behind. The next value of the sequence is then an id that is taken.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

TABLES_WITH_SEQUENCE = ("mark", "model", "part")

_SEQUENCES = """
    SELECT name, sequence FROM unnest({tables}::text[]) AS name
    CROSS JOIN LATERAL (SELECT CASE WHEN to_regclass(name) IS NOT NULL THEN pg_get_serial_sequence(name, 'id') END)
        AS owned (sequence)
    WHERE has_sequence_privilege(sequence, 'SELECT') AND has_table_privilege(to_regclass(name), 'SELECT')
"""
_STATE = "SELECT {table}, {name}, last_value - (NOT is_called)::integer, {highest_id} FROM {sequence}"
_HALF = (2**63 - 1) // 2

RunQuery = Callable[[str], Sequence[tuple[Any, ...]]]


@dataclass(frozen=True)
class IdSequence:
    """The sequence of one table.

    Attributes:
        table: the table.
        name: the name of the sequence, quoted if necessary.
        last: the last value that it returned.
        highest_id: the highest id of the table.
    """

    table: str
    name: str
    last: int
    highest_id: int

    @property
    def is_behind(self) -> bool:
        """Whether its next value may be an id that is taken."""
        return self.last < self.highest_id


def id_sequences(run_query: RunQuery) -> list[IdSequence]:
    """Return the sequences of the catalog, without those that this role may not read.

    Args:
        run_query: executes a query and returns its rows.
    """
    query = sql.SQL(_SEQUENCES).format(tables=sql.Literal(list(TABLES_WITH_SEQUENCE)))
    states = [_state(table, name) for table, name in run_query(query.as_string(None)) if name]
    if not states:
        return []
    return [IdSequence(*row) for row in run_query(sql.SQL(" UNION ALL ").join(states).as_string(None))]


def highest_id(table: str, column: str, half: int) -> sql.Composed:
    """Return the SQL expression for the highest id that a sequence may have to pass.

    Args:
        table: the table.
        column: the column with the ids.
        half: half of the range of the sequence. Higher ids are ignored: no sequence reaches them by counting, and
            after the highest of them there may be no value left.
    """
    query = sql.SQL("(SELECT coalesce(max({column}), 0) FROM {table} WHERE {column} <= {half})")
    return query.format(column=sql.Identifier(column), table=sql.Identifier(table), half=sql.Literal(half))


def _state(table: str, name: str) -> sql.Composed:
    return sql.SQL(_STATE).format(
        table=sql.Literal(table),
        name=sql.Literal(name),
        highest_id=highest_id(table, "id", _HALF),
        sequence=sql.SQL(name),  # quoted by PostgreSQL itself
    )
