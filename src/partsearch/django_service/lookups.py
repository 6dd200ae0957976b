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


class AnyOf(Lookup):
    """``value = ANY (array)``, where the array is one parameter. ``in`` has a parameter for each item."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL and its parameters."""
        value, value_parameters = self.process_lhs(compiler, connection)
        array, array_parameters = self.process_rhs(compiler, connection)
        return f"{value} = ANY ({array})", (*value_parameters, *array_parameters)
