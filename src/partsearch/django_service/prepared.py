"""Query sets that Django compiles to SQL once, to be run again and again with other values.

Django compiles a query set anew each time that it is evaluated. For a search, three query sets in one another, that
took longer than all the rest of the request. What a search compiles to depends on which filters it gives and not on
their values: so a query set is built once for each set of filters, with ``Given`` in the places of the values. What is
kept is SQL, never an answer.
"""

from collections.abc import Mapping
from copy import copy
from threading import Lock
from typing import Any

from django.db import connections
from django.db.models import Field, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler


class Given(Value):
    """Stands in a query set for a value that each run brings: a parameter of the statement.

    Args:
        name: what the value is known by.
        output_field: the field that makes the value such as the database takes it.
    """

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(name, output_field)

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        """A place for the value, and this instead of the value."""
        return "%s", (self,)

    def of(self, values: Mapping[str, Any], connection: Any) -> Any:
        """The value of this name, as the driver takes it."""
        return self.output_field.get_db_prep_value(values[self.value], connection)


class Prepared:
    """A query set of ``values_list``, ready to be run with the values of its ``Given``."""

    def __init__(self, query_set: "QuerySet[Any, Any]") -> None:
        self._query_set = query_set
        self._compilers: dict[str, _Compiler] = {}
        self._lock = Lock()

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows that the database holds now for ``values``."""
        alias = self._query_set.db
        compiler = copy(self._compilers.get(alias) or self._compiled(alias))
        compiler.connection = connections[alias]
        compiler.values = values
        return [tuple(row) for row in compiler.results_iter()]

    def _compiled(self, alias: str) -> "_Compiler":
        """Compiling one query in two threads at a time would mix up its aliases."""
        with self._lock:
            compiler = _Compiler(self._query_set.query, connections[alias], alias)
            compiler.compile_once()
            self._compilers[alias] = compiler
            return compiler


class _Compiler(SQLCompiler):
    """Django's compiler of a query, which remembers what it has compiled."""

    values: Mapping[str, Any] = {}
    _sql = ""
    _parameters: tuple[Any, ...] = ()

    def compile_once(self) -> None:
        """Compiles the query. What depends on values is left to ``as_sql``."""
        self._sql, self._parameters = super().as_sql()

    def as_sql(self, *_arguments: Any, **_options: Any) -> tuple[str, tuple[Any, ...]]:
        """The SQL, and its parameters with the values of now."""
        parameters = (
            parameter.of(self.values, self.connection) if isinstance(parameter, Given) else parameter
            for parameter in self._parameters
        )
        return self._sql, tuple(parameters)
