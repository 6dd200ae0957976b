"""What a catalog consists of: the tables of Django's models, their columns, and the counters of their ids."""

from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from psycopg import sql

from partsearch.catalog_copy.errors import SchemaError
from partsearch.catalog_copy.side import UNCHANGED, Side
from partsearch.database.django_setup import ensure_django
from partsearch.database.id_counters import ids_in_use

# Generated columns are left out: each database makes its own.
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attname
"""


@dataclass(frozen=True)
class Table:
    """A table, and the columns of it that are copied."""

    name: str
    columns: tuple[str, ...]

    @property
    def identifier(self) -> sql.Identifier:
        """Its name for a statement."""
        return sql.Identifier(self.name)

    @property
    def column_list(self) -> sql.Composed:
        """Its columns for a statement."""
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))


def table_names() -> list[str]:
    """The tables of all models, those of the admin's accounts too, each after those that it refers to.

    Which migrations a database has had is no part of it.
    """
    ensure_django()
    from django.apps import apps

    graph: dict[str, set[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            name = model._meta.db_table
            graph[name] = {_referred(field) for field in model._meta.local_fields if field.remote_field} - {name}
    return list(TopologicalSorter(graph).static_order())


def _referred(field: Any) -> str:
    return str(field.remote_field.model._meta.db_table)


def common_tables(source: Side, target: Side) -> list[Table]:
    """The tables as both sides have them.

    Raises:
        SchemaError: a table has other columns here than there.
    """
    tables = []
    for name in table_names():
        columns, theirs = (tuple(row[0] for row in side.rows(_COLUMNS, [name])) for side in (source, target))
        if columns != theirs:
            differing = ", ".join(sorted(set(columns) ^ set(theirs)))
            raise SchemaError(
                f"The table {name} has other columns in FROM than in TO: {differing}. {UNCHANGED}",
                "Add them to the other database too, or drop them.",
            )
        tables.append(Table(name, columns))
    return tables


def carry_on_counters(source: Side, target: Side, tables: list[Table]) -> None:
    """Has the target number new rows on from where the source is, and after the highest id.

    By ALTER SEQUENCE, which is rolled back with everything else; setval is not.
    """
    for table in tables:
        for column in table.columns:
            names = [
                side.value("SELECT pg_get_serial_sequence(quote_ident(%s), %s)", [table.name, column])
                for side in (source, target)
            ]
            if all(names):
                number = _next_number(source, table, column, names[0])
                query = sql.SQL("ALTER SEQUENCE {} RESTART WITH {}")
                target.run(query.format(_qualified(names[1]), sql.Literal(number)))


def _next_number(source: Side, table: Table, column: str, sequence: str) -> int:
    query = sql.SQL("SELECT last_value + is_called::integer FROM {}").format(_qualified(sequence))
    counted: int = source.value(query)
    half = source.value("SELECT seqmax / 2 FROM pg_sequence WHERE seqrelid = %s::regclass", [sequence])
    highest: int = source.value(sql.SQL("SELECT {}").format(ids_in_use(table.name, column, half)))
    return max(counted, highest + 1)


def _qualified(name: str) -> sql.SQL:
    """A name that PostgreSQL itself has quoted where it must be."""
    return sql.SQL(name)
