"""Comparisons of PostgreSQL that Django's ORM has no lookup for."""

from typing import Any

from django.db.models import Lookup, TextField
from django.db.models.lookups import PostgresOperatorLookup


class Like(PostgresOperatorLookup):
    """``text LIKE pattern``. With ``contains`` the database would build the pattern again for each row."""

    postgres_operator = "LIKE"


class MeetsPath(PostgresOperatorLookup):
    """``json @@ path``: whether a JSON value satisfies the predicate of a jsonpath."""

    postgres_operator = "@@"


class JsonPathField(TextField):  # type: ignore[type-arg]  # at run time it takes none
    """The type jsonpath, for a cast from text."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002  # Django passes it
        """Return the name of the type."""
        return "jsonpath"


class MatchesQuery(PostgresOperatorLookup):
    """``tsvector @@ tsquery``: whether a vector satisfies a query."""

    postgres_operator = "@@"


class AnyOf(Lookup):
    """``value = ANY (array)``, where the array is one parameter. ``in`` has a parameter for each item."""

    operator = "= ANY"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL and its parameters."""
        value, value_parameters = self.process_lhs(compiler, connection)
        array, array_parameters = self.process_rhs(compiler, connection)
        return f"{value} {self.operator} ({array})", (*value_parameters, *array_parameters)


class LikeAny(AnyOf):
    """``text LIKE ANY (patterns)``, where the patterns are one parameter."""

    operator = "LIKE ANY"


class LikeAll(AnyOf):
    """``text LIKE ALL (patterns)``, where the patterns are one parameter."""

    operator = "LIKE ALL"


class ContainsAny(AnyOf):
    """``json @> ANY (objects)``: whether a JSON object has all that one of the objects has."""

    operator = "@> ANY"
