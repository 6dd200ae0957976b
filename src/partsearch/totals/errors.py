"""The errors of work on the planes."""

from partsearch.database.errors import DatabaseError


class TotalsError(DatabaseError):
    """The base class of the errors of the totals."""


class TotalsLockedError(TotalsError):
    """Another process works on the planes, or has locked a table that this work needs."""


class TotalsConflictError(TotalsError):
    """Another transaction came in between: the same work succeeds when it is tried again."""


class RebuildRunsError(TotalsError):
    """Another command rebuilds the planes of this database."""


class TotalsInterruptedError(TotalsError):
    """Ctrl-C or a signal has ended a command that works on the planes."""
