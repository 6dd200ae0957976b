"""Comparisons of PostgreSQL that Django's ORM has no lookup for."""

from typing import Any

from django.db.models import Lookup, TextField
from django.db.models.lookups import PostgresOperatorLookup


class Like(PostgresOperatorLookup):
    """Whether a text is like a pattern. ``contains`` would have the database make the pattern anew for each row."""

    postgres_operator = "LIKE"


class MeetsPath(PostgresOperatorLookup):
    """Whether a JSON value meets the predicate of a jsonpath."""

    postgres_operator = "@@"


class JsonPathField(TextField):  # type: ignore[type-arg]  # at run time it takes none
    """The type jsonpath, to cast a text to."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002  # as Django calls it
        """Return the name of the type."""
        return "jsonpath"


class AnyOf(Lookup):
    """Whether a value is in an array, which is one parameter. ``in`` has as many as there are items."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """``value = ANY (array)``."""
        value, value_parameters = self.process_lhs(compiler, connection)
        array, array_parameters = self.process_rhs(compiler, connection)
        return f"{value} = ANY ({array})", (*value_parameters, *array_parameters)
