"""Why a catalog cannot be copied. Not a row of the target was changed where one of these is raised."""

from partsearch.errors import PartsearchError


class CopyError(PartsearchError):
    """The root of the errors of copying."""


class PlaceError(CopyError):
    """FROM or TO names no database, or both name the same."""


class SchemaError(CopyError):
    """A database does not have the tables of this release, and cannot be given them here."""


class TargetNotEmptyError(CopyError):
    """The target holds rows, and nobody said that they may be replaced."""


class TableLockedError(CopyError):
    """Somebody else holds a lock on the tables: an import, a migration, another copy."""


class DifferenceError(CopyError):
    """The rows of the target are not those of the source."""


class ConnectionBrokeError(CopyError):
    """One of the two databases went away, or gave no answer in time."""
