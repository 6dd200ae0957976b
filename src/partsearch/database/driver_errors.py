"""What an error of a driver means for the one who asked: try again, give up, or tell whoever runs the site.

Neon, its pooler and PostgreSQL say the same thing in different words, and the drivers drop the SQLSTATE where a
connection cannot be made or is gone. So an error is judged by its SQLSTATE where it has one, and by its text.
"""

import re
from enum import Enum, auto


class Fault(Enum):
    """What a failed question came to."""

    LOST = auto()
    """The connection was cut or could not be had, or the server could not do it just then: worth another try."""
    STOPPED = auto()
    """The query was cancelled, by a time limit or by somebody."""
    REFUSED = auto()
    """The database does not want us; asking again will not change its mind."""


_REFUSALS = re.compile(
    r"endpoint (is|has been) disabled|exceeded the \S+( \S+)? quota|password authentication failed"
    r"|endpoint could not be found|endpoint ID is not specified|connection is insecure|unsupported startup parameter"
    r"|no pg_hba\.conf entry|channel binding|certificate verify failed|SCRAM|is not permitted to log in"
    r"|no password supplied|database \"[^\"]*\" does not exist|role \"[^\"]*\" does not exist",
    re.IGNORECASE,
)
_SAID_AS_THEY_ARE = re.compile(
    r"[^:\n]*(endpoint (is|has been) disabled|exceeded the \S+( \S+)? quota)[^\n]*", re.IGNORECASE
)
_PASSING = re.compile(r"cached plan|cache lookup failed|could not open relation|compute|control plane", re.IGNORECASE)

_QUERY_CANCELED = "57014"
_REFUSED_STATES = ("28000", "28P01", "3D000")
# Connections, resources, operators; then serialization, deadlocks, and statements that a pooler has forgotten.
_LOST_CLASSES = ("08", "53", "57")
_LOST_STATES = ("40001", "40P01", "26000", "42P05")
_LOST_BY_TEXT = ("0A000", "XX000")


def fault_of(error: BaseException) -> Fault | None:
    """What ``error``, which a driver or the network raised, means; ``None`` where the question itself is at fault."""
    state = getattr(error, "sqlstate", None)
    text = str(error)
    if state in _REFUSED_STATES or (_REFUSALS.search(text) and state in (None, "XX000", "08P01")):
        return Fault.REFUSED
    if state == _QUERY_CANCELED:
        return Fault.STOPPED
    if state is None or state.startswith(_LOST_CLASSES) or state in _LOST_STATES:
        return Fault.LOST
    return Fault.LOST if state in _LOST_BY_TEXT and _PASSING.search(text) else None


def reason(error: BaseException) -> str:
    """Why the database is out of reach, as strangers may know it: in its own words where Neon has switched it off."""
    said = _SAID_AS_THEY_ARE.search(str(error))
    if said:
        return f"The database is out of reach: {said[0].strip().rstrip('.')}."
    if fault_of(error) is Fault.REFUSED:
        return "The database refuses this site. Its log says why."
    return "The database is out of reach."


def first_line(error: BaseException) -> str:
    """The first line of what a driver says, for a log or a terminal."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
