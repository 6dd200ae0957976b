"""What can go wrong with the running site, in the tree of partsearch's errors."""

from partsearch.errors import PartsearchError


class OperationError(PartsearchError):
    """The root of the running site's errors."""


class PortTakenError(OperationError):
    """Something else listens on a port that the site needs."""


class NoSpaceError(OperationError):
    """The disk is too full to start."""


class AccountError(OperationError):
    """The unprivileged account that the site runs as cannot be had."""


class StartError(OperationError):
    """A process of the site does not start or does not answer."""


class HomeBusyError(OperationError):
    """Another command is starting or stopping the same site."""
