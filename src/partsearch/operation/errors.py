"""The errors of the running site."""

from partsearch.errors import PartsearchError


class OperationError(PartsearchError):
    """The root of the errors of the running site."""


class PortTakenError(OperationError):
    """Another program listens on a port that the site needs."""


class NoSpaceError(OperationError):
    """The disk has too little space to start."""


class AccountError(OperationError):
    """Root cannot become the unprivileged account that the site runs as."""


class StartError(OperationError):
    """A process of the site does not start, answer or stop."""


class HomeBusyError(OperationError):
    """Another command is starting or stopping the same site."""
