"""What can go wrong with the database, in the tree of partsearch's errors."""

from partsearch.errors import PartsearchError


class DatabaseError(PartsearchError):
    """The root of the database's errors."""


class DatabaseAddressError(DatabaseError):
    """DATABASE_URL cannot be understood."""


class DatabaseUnreachableError(DatabaseError):
    """No connection to the database can be had."""


class DatabaseRefusedError(DatabaseUnreachableError):
    """The database answers, and wants nothing to do with us: asking again will not help."""


class EmbeddedDatabaseError(DatabaseError):
    """The embedded PostgreSQL cannot be made or started."""
