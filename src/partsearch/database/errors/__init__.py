"""The errors of the database package."""

from partsearch.errors import PartsearchError


class DatabaseError(PartsearchError):
    """The base class of the database errors."""


class DatabaseAddressError(DatabaseError):
    """DATABASE_URL is invalid."""


class DatabaseUnreachableError(DatabaseError):
    """The database cannot be connected to."""


class DatabaseRejectedError(DatabaseUnreachableError):
    """The database answers and rejects the site: a retry fails too."""


class EmbeddedDatabaseError(DatabaseError):
    """The embedded PostgreSQL cannot be created or started."""
