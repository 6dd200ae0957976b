"""A field for PostgreSQL's bit strings."""

from typing import Any

from django.db import models


class BitStringField(models.Field):  # type: ignore[type-arg]  # it takes no arguments at run time
    """A bit string of any length; nobody reads or writes it in Python."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002  # Django passes it
        """Return PostgreSQL's type."""
        return "bit varying"
