"""Query sets that Django compiles to SQL once and that run again and again with other values.

Django compiles a query set each time that it is evaluated. For a search, which is three nested query sets, that took
longer than the rest of the request. The SQL of a search depends on the filters that it has and not on their values. So
a query set is built once for each set of filters, with a ``Parameter`` in the place of each value. What is kept is SQL,
never an answer.
"""

import re
from collections.abc import Iterator, Mapping
from copy import copy
from itertools import chain
from threading import Lock
from typing import Any, cast

from django.db import connections
from django.db.models import Field, Model, QuerySet, Value
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import MULTI
from psycopg.sql import Literal

_PLACEHOLDER = re.compile("%[s%]")


class Parameter(Value):
    """A value in a query set that each run provides.

    Args:
        name: the key of the value in the values of a run.
        output_field: the field that converts the value for the database.
    """

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(name, output_field)

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return a placeholder, and this object in the place of the value."""
        return "%s", (self,)

    def value_in(self, values: Mapping[str, Any], connection: Any) -> Any:
        """Return the value of this parameter as the driver takes it."""
        return self.output_field.get_db_prep_value(values[self.value], connection)


class HiddenParameter(Parameter):
    """A value that PostgreSQL does not see when it plans.

    So it expects the same costs for all values, and plans once instead of for each run. That takes longer than the run
    where a statement has many steps.
    """

    def as_sql(self, _compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return a subquery with a placeholder, and this object in the place of the value."""
        kind = self.output_field.cast_db_type(connection)
        return f"(SELECT %s::{kind})::{kind}", (self,)


def sliced(rows: "QuerySet[Any, Any]", limit: int | Parameter, offset: Parameter | None = None) -> Any:
    """Return a slice of ``rows`` for use as a subquery. In a slice of a query set Django writes numbers.

    Args:
        rows: a query set with an order.
        limit: how many rows the slice has at most.
        offset: how many rows are skipped.
    """
    page = rows if isinstance(limit, Parameter) else rows[:limit]
    if page is not rows and offset is None:
        return page
    query = cast(_SlicedQuery, page.query.chain(klass=_SlicedQuery))
    query.limit = limit if isinstance(limit, Parameter) else None
    query.offset = offset
    return query


class _SlicedQuery(Query):
    limit: Parameter | None
    offset: Parameter | None

    @property
    def is_sliced(self) -> bool:
        """True: Django keeps the order of a subquery that is a slice."""
        return True

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL of the subquery, whose last clauses are LIMIT and OFFSET."""
        sql, parameters = super().as_sql(compiler, connection)
        sql = sql[:-1]
        for clause, value in (("LIMIT", self.limit), ("OFFSET", self.offset)):
            if value is not None:
                value_sql, value_parameters = compiler.compile(value)
                sql, parameters = f"{sql} {clause} {value_sql}", (*parameters, *value_parameters)
        return f"{sql})", tuple(parameters)


Steps = Mapping[type[Model], "QuerySet[Any, Any]"]
"""Query sets of ``values_list`` with the models of their rows: the columns are the fields, in their order."""


class CompiledQuery:
    """A query set of ``values_list`` that runs with the values of its parameters.

    Args:
        query_set: the query.
        steps: the queries of its WITH clause. The query, and each step after, may use their models.
    """

    def __init__(self, query_set: "QuerySet[Any, Any]", steps: Steps | None = None) -> None:
        self._query_set = query_set
        self._steps = steps or {}
        self._compilers: dict[str, _Compiler] = {}
        self._lock = Lock()

    def rows(self, values: Mapping[str, Any], alias: str | None = None) -> list[tuple[Any, ...]]:
        """Return the rows that the database holds now for ``values``; ``alias`` is the connection if not the usual."""
        return [tuple(row) for row in self._compiler_for(values, alias or self._query_set.db).results_iter()]

    def batches(self, values: Mapping[str, Any], alias: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """Return the rows, read from a cursor of the server while they are taken.

        Args:
            values: the values of the parameters.
            alias: the connection, in a transaction.
            size: how many rows there are in a batch.
        """
        compiler = self._compiler_for(values, alias)
        found: Any = compiler.execute_sql(MULTI, chunked_fetch=True, chunk_size=size)
        return iter(found)

    def _compiler_for(self, values: Mapping[str, Any], alias: str) -> "_Compiler":
        compiler = copy(self._compilers.get(alias) or self._compile(alias))
        compiler.connection = connections[alias]
        compiler.values = values
        return compiler

    def _compile(self, alias: str) -> "_Compiler":
        """Return a new compiler. The lock is needed: two threads that compile one query would mix up its aliases."""
        with self._lock:
            compiler = _Compiler(self._query_set.query, connections[alias], alias)
            compiler.steps = self._steps
            compiler.compile_once()
            self._compilers[alias] = compiler
            return compiler


class _Compiler(SQLCompiler):
    """Django's compiler of a query, which keeps what it has compiled."""

    values: Mapping[str, Any] = {}
    steps: Steps = {}
    _sql = ""
    _parameters: tuple[Any, ...] = ()

    def compile_once(self) -> None:
        """Compile the query with its WITH clause."""
        sql, parameters = super().as_sql()
        if not self.steps:
            self._sql, self._parameters = sql, tuple(parameters)
            return
        compiled = [self._compile_step(model, query_set) for model, query_set in self.steps.items()]
        self._sql, self._parameters = _with_constants(
            f"WITH {', '.join(step_sql for step_sql, _ in compiled)} {sql}",
            (*chain.from_iterable(step_parameters for _, step_parameters in compiled), *parameters),
        )

    def _compile_step(self, model: type[Model], query_set: "QuerySet[Any, Any]") -> tuple[str, tuple[Any, ...]]:
        """Return a query of the WITH clause. Without MATERIALIZED PostgreSQL would compute an expression of it again
        wherever a later step uses it."""
        quote = self.connection.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field in model._meta.concrete_fields)
        sql, parameters = query_set.query.get_compiler(self.using).as_sql()
        return f"{quote(model._meta.db_table)} ({columns}) AS MATERIALIZED ({sql})", tuple(parameters)

    def as_sql(self, *_arguments: Any, **_options: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL and its parameters with the values of this run."""
        parameters = (
            parameter.value_in(self.values, self.connection) if isinstance(parameter, Parameter) else parameter
            for parameter in self._parameters
        )
        return self._sql, tuple(parameters)


def _with_constants(sql: str, parameters: tuple[Any, ...]) -> tuple[str, tuple[Parameter, ...]]:
    """Return a statement with the constants of the code written into it, and the parameters that are left.

    Django passes each constant as a parameter. A plan for any value of those would be so bad that PostgreSQL would plan
    for each run instead. What a user has sent is never among them: it is in a ``Parameter``.
    """
    values = iter(parameters)
    left: list[Parameter] = []

    def written(placeholder: re.Match[str]) -> str:
        if placeholder[0] == "%%":
            return "%%"
        value = next(values)
        if isinstance(value, Parameter):
            left.append(value)
            return "%s"
        return Literal(value).as_string().replace("%", "%%")

    return _PLACEHOLDER.sub(written, sql), tuple(left)
