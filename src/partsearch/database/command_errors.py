"""What the database says to a command, as an error of ours: the cause and the next step instead of a traceback."""

import re
from collections.abc import Iterator

import psycopg

from partsearch.database.driver_errors import first_line
from partsearch.database.errors import DatabaseError, DatabaseUnreachableError

_WRAPPING = re.compile(r"^(django\.db|psycopg|asyncpg)[\w.]*\.\w+: ")
_READ_ONLY = (
    "Name the primary in DATABASE_URL, not a standby, or let the role write: "
    "ALTER ROLE … SET default_transaction_read_only = off."
)
_AGAIN = "Run the same command again."
_MIGRATE = "Run 'partsearch manage migrate', then the same command again."
_UP = "Start it with 'partsearch up', or see 'partsearch doctor'."

# By SQLSTATE or the class of it, the longest first; then what the text alone tells.
_BY_STATE = {
    "25006": ("The database can only be read", _READ_ONLY),
    "42501": (
        "The database does not let this role do that",
        "Grant the role this right, or name the role that owns the tables in DATABASE_URL.",
    ),
    "23505": ("A row like this is there already", "Correct it, or run 'partsearch doctor' where its id is at fault."),
    "23": ("The database refuses a row, by a rule of its tables", "Correct that row."),
    "22": ("The database refuses a value", "Correct that value."),
    "53100": ("The disk of the database is full", "Make room there, then run the same command again."),
    "53200": ("The database has no memory left", "Give its machine more memory or fewer connections, then try again."),
    "53300": (
        "The database takes no more connections",
        "End other connections or raise max_connections; 'partsearch doctor' says how many are needed.",
    ),
    "53": ("The database has nothing left to work with", "Its own log says of what. Then run the same command again."),
    "57014": (
        "The database stopped the query",
        "Somebody cancelled it, or a time limit did: see statement_timeout of the role and of the database.",
    ),
    "55P03": ("Another command holds what this one needs", f"Let it end. {_AGAIN}"),
    "40": ("Another command was in the way", _AGAIN),
    "42P01": ("The database does not have the tables of this release", _MIGRATE),
    "42703": ("The database does not have the tables of this release", _MIGRATE),
    "42883": ("The database does not have the functions of this release", _MIGRATE),
    "3F000": ("The database does not have the schema that its search_path names", "Correct search_path of the role."),
    "28": ("The database does not let the site in", "Correct the user or the password in DATABASE_URL."),
    "3D000": ("The database does not exist", "Make it, or correct its name in DATABASE_URL."),
    "08": ("The database is out of reach or gave up", _UP),
    "57": ("The database is out of reach or gave up", _UP),
}
_BY_TEXT = {
    r"read-only transaction": "25006",
    r"permission denied|must be owner": "42501",
    r"No space left|disk is full|could not extend file": "53100",
    r"out of memory": "53200",
    r"too many (clients|connections)|remaining connection slots|no more connections allowed": "53300",
    r"canceling statement": "57014",
    r"lock timeout": "55P03",
    r"authentication failed|no password supplied|no pg_hba\.conf entry|role \S+ does not exist|to log in": "28",
    r"database \S+ does not exist": "3D000",
    r"relation .* does not exist": "42P01",
    r"connection|server closed|timeout|refused": "08",
}
_OTHERWISE = ("The database refuses that", "See 'partsearch doctor'; the database's own log says more.")


def refusal(error: BaseException) -> DatabaseError | None:
    """Return what ``error`` means for the user of a command; ``None`` where no database is behind it.

    Args:
        error: of a driver, or of Django, which has the driver's behind it.
    """
    told = next(filter(_is_of_database, _chain(error)), None)
    if told is None:
        return None
    line = first_line(told)
    state = getattr(told, "sqlstate", None) or state_of(line)
    if state is None and _is_connection_lost(told):
        state = "08"
    cause, step = _words(state)
    is_out_of_reach = (state or "").startswith(("08", "57P"))
    return (DatabaseUnreachableError if is_out_of_reach else DatabaseError)(f"{cause}: {line}.", step)


def next_step_for(line: str) -> str:
    """Return what to do about the line that a program ended with; nothing where it is not the database's."""
    state = state_of(line) if _WRAPPING.match(line) else None
    return _words(state)[1] if state else ""


def without_driver(line: str) -> str:
    """Return ``line`` without the name of a driver's exception."""
    return _WRAPPING.sub("", line)


def state_of(line: str) -> str | None:
    """Return the SQLSTATE that a message without one stands for, where its words tell."""
    return next((state for pattern, state in _BY_TEXT.items() if re.search(pattern, line, re.IGNORECASE)), None)


def _words(state: str | None) -> tuple[str, str]:
    wanted = state or ""
    return next((_BY_STATE[wanted[:length]] for length in (5, 2) if wanted[:length] in _BY_STATE), _OTHERWISE)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what is behind it, the innermost first: Django keeps the driver's as the cause of its own."""
    if error.__cause__ is not None:
        yield from _chain(error.__cause__)
    yield error


def _is_of_database(error: BaseException) -> bool:
    name = type(error).__module__
    return isinstance(error, psycopg.Error) or name.startswith(("django.db", "asyncpg"))


def _is_connection_lost(error: BaseException) -> bool:
    return type(error).__name__ in ("OperationalError", "InterfaceError")
