"""The tables of a catalog: those of Django's models, their columns, and their id sequences."""

from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from psycopg import sql

from partsearch.catalog_copy.connection import UNCHANGED, CopyConnection
from partsearch.catalog_copy.errors import SchemaError
from partsearch.database.django_setup import ensure_django
from partsearch.database.id_sequences import highest_id

# Generated columns are left out: each database computes them.
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attname
"""


@dataclass(frozen=True)
class CopiedTable:
    """A table and its columns that are copied."""

    name: str
    columns: tuple[str, ...]

    @property
    def identifier(self) -> sql.Identifier:
        """The name, for a statement."""
        return sql.Identifier(self.name)

    @property
    def column_list(self) -> sql.Composed:
        """The columns, for a statement."""
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))


TOTALS = (
    "totals_change",
    "totals_key",
    "totals_mark_change",
    "totals_plane",
    "totals_segment",
    "totals_state",
    "totals_sum",
)
"""The tables of the totals. They are not copied: as text the planes are larger than the parts they are built from."""


def table_names() -> list[str]:
    """Return the tables of all models, with those of the admin accounts, each after the tables it references.

    The tables of the totals and that of applied migrations are not among them.
    """
    ensure_django()
    from django.apps import apps

    graph: dict[str, set[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            name = model._meta.db_table
            graph[name] = {_referenced_table(field) for field in model._meta.local_fields if field.remote_field} - {
                name
            }
    return [name for name in TopologicalSorter(graph).static_order() if name not in TOTALS]


def _referenced_table(field: Any) -> str:
    return str(field.remote_field.model._meta.db_table)


def common_tables(source: CopyConnection, target: CopyConnection) -> list[CopiedTable]:
    """Return the tables with the columns that both databases have.

    Raises:
        SchemaError: the columns of a table differ.
    """
    tables = []
    for name in table_names():
        columns, theirs = (tuple(row[0] for row in database.rows(_COLUMNS, [name])) for database in (source, target))
        if columns != theirs:
            differing = ", ".join(sorted(set(columns) ^ set(theirs)))
            raise SchemaError(
                f"The table {name} has other columns in FROM than in TO: {differing}. {UNCHANGED}",
                "Add them to the other database too, or drop them.",
            )
        tables.append(CopiedTable(name, columns))
    return tables


def restart_sequences(source: CopyConnection, target: CopyConnection, tables: list[CopiedTable]) -> None:
    """Restart the id sequences of the target after those of the source, and after the highest id.

    ALTER SEQUENCE is rolled back with the transaction; setval is not.
    """
    for table in tables:
        for column in table.columns:
            names = [
                database.value("SELECT pg_get_serial_sequence(quote_ident(%s), %s)", [table.name, column])
                for database in (source, target)
            ]
            if all(names):
                number = _next_number(source, table, column, names[0])
                query = sql.SQL("ALTER SEQUENCE {} RESTART WITH {}")
                target.run(query.format(_qualified(names[1]), sql.Literal(number)))


def _next_number(source: CopyConnection, table: CopiedTable, column: str, sequence: str) -> int:
    query = sql.SQL("SELECT last_value + is_called::integer FROM {}").format(_qualified(sequence))
    counted: int = source.value(query)
    half = source.value("SELECT seqmax / 2 FROM pg_sequence WHERE seqrelid = %s::regclass", [sequence])
    highest: int = source.value(sql.SQL("SELECT {}").format(highest_id(table.name, column, half)))
    return max(counted, highest + 1)


def _qualified(name: str) -> sql.SQL:
    """Return a name that PostgreSQL has quoted already."""
    return sql.SQL(name)
