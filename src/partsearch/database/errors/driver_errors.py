"""What an error of a database driver means: whether to retry, to give up, or to report it to the operator.

Neon, its pooler and PostgreSQL report the same error in different words, and the drivers drop the SQLSTATE if a
connection fails or breaks. So an error is classified by its SQLSTATE if it has one, and by its text otherwise.
"""

import re
from enum import Enum, auto


class ErrorKind(Enum):
    """The kinds of errors that a caller treats differently."""

    TRANSIENT = auto()
    """The connection failed or broke, or the server could not answer at that moment: a retry may succeed."""
    CANCELLED = auto()
    """The query was cancelled, by a time limit or by another session."""
    REJECTED = auto()
    """The database rejects this site: a retry fails too."""


_REJECTIONS = re.compile(
    r"endpoint (is|has been) disabled|exceeded the \S+( \S+)? quota|password authentication failed"
    r"|endpoint could not be found|endpoint ID is not specified|connection is insecure|unsupported startup parameter"
    r"|no pg_hba\.conf entry|channel binding|certificate verify failed|SCRAM|is not permitted to log in"
    r"|no password supplied|database \"[^\"]*\" does not exist|role \"[^\"]*\" does not exist",
    re.IGNORECASE,
)
_PUBLIC_TEXT = re.compile(
    r"[^:\n]*(endpoint (is|has been) disabled|exceeded the \S+( \S+)? quota)[^\n]*", re.IGNORECASE
)
_TRANSIENT_TEXT = re.compile(
    r"cached plan|cache lookup failed|could not open relation|compute|control plane", re.IGNORECASE
)

_QUERY_CANCELED = "57014"
_REJECTED_STATES = ("28000", "28P01", "3D000")
# Connections, resources, operators; then serialization, deadlocks, and statements that a pooler has forgotten.
_TRANSIENT_CLASSES = ("08", "53", "57")
_TRANSIENT_STATES = ("40001", "40P01", "26000", "42P05")
_TRANSIENT_BY_TEXT = ("0A000", "XX000")


def error_kind(error: BaseException) -> ErrorKind | None:
    """Return the kind of an error of a driver or of the network; ``None`` if the query itself is wrong."""
    state = getattr(error, "sqlstate", None)
    text = str(error)
    if state in _REJECTED_STATES or (_REJECTIONS.search(text) and state in (None, "XX000", "08P01")):
        return ErrorKind.REJECTED
    if state == _QUERY_CANCELED:
        return ErrorKind.CANCELLED
    if state is None or state.startswith(_TRANSIENT_CLASSES) or state in _TRANSIENT_STATES:
        return ErrorKind.TRANSIENT
    return ErrorKind.TRANSIENT if state in _TRANSIENT_BY_TEXT and _TRANSIENT_TEXT.search(text) else None


def public_reason(error: BaseException) -> str:
    """Return why the database is unavailable, for clients: Neon's own words if Neon has disabled it."""
    public = _PUBLIC_TEXT.search(str(error))
    if public:
        return f"The database is out of reach: {public[0].strip().rstrip('.')}."
    if error_kind(error) is ErrorKind.REJECTED:
        return "The database refuses this site. Its log says why."
    return "The database is out of reach."


def first_line(error: BaseException) -> str:
    """Return the first line of a driver's error, for a log or a terminal."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
