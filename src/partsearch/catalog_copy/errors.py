"""Why a catalog cannot be copied. When one of these is raised, no row of the target has changed."""

from partsearch.errors import PartsearchError


class CopyError(PartsearchError):
    """The root of the errors of copying."""


class EndpointError(CopyError):
    """FROM or TO names no database, or both name the same."""


class SchemaError(CopyError):
    """A database does not have the tables of this release, and this command cannot create them."""


class TargetNotEmptyError(CopyError):
    """The target holds rows, and ``--replace`` was not given."""


class TableLockedError(CopyError):
    """Another command holds a lock on the tables: an import, a migration, another copy."""


class DifferenceError(CopyError):
    """The rows of the target differ from those of the source."""


class ConnectionBrokeError(CopyError):
    """The connection to one of the two databases broke, or timed out."""
