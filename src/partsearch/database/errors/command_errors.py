"""Errors of the database in a command, as errors of partsearch: a cause and a next step, not a traceback."""

import re
from collections.abc import Iterator

import psycopg

from partsearch.database.errors import DatabaseError, DatabaseUnreachableError
from partsearch.database.errors.driver_errors import first_line

_EXCEPTION_NAME = re.compile(r"^(django\.db|psycopg|asyncpg)[\w.]*\.\w+: ")
_READ_ONLY = (
    "Name the primary in DATABASE_URL, not a standby, or let the role write: "
    "ALTER ROLE … SET default_transaction_read_only = off."
)
_AGAIN = "Run the same command again."
_MIGRATE = "Run 'partsearch manage migrate', then the same command again."
_UP = "Start it with 'partsearch up', or see 'partsearch doctor'."

# By SQLSTATE or by its class; the SQLSTATE counts first.
_BY_STATE = {
    "25006": ("The database can only be read", _READ_ONLY),
    "42501": (
        "The role lacks the privilege for this",
        "Grant the role this right, or name the role that owns the tables in DATABASE_URL.",
    ),
    "23503": ("A row that another one belongs to is not there, or was removed meanwhile", _AGAIN),
    "23505": ("Such a row exists already", "Correct it, or run 'partsearch doctor' if its id is the problem."),
    "23": ("The database rejects a row by a constraint of its tables", "Correct that row."),
    "22": ("The database rejects a value", "Correct that value."),
    "53100": ("The disk of the database is full", "Free some space there, then run the same command again."),
    "53200": ("The database is out of memory", "Give its machine more memory or fewer connections, then try again."),
    "53300": (
        "The database takes no more connections",
        "End other connections or raise max_connections; 'partsearch doctor' says how many are needed.",
    ),
    "53": ("The database is out of a resource", "Its own log says which. Then run the same command again."),
    "57014": (
        "The database stopped the query",
        "A time limit or another session did it: see statement_timeout of the role and of the database.",
    ),
    "55P03": ("Another command has locked what this one needs", f"Wait for it to end. {_AGAIN}"),
    "40": ("Another command conflicts with this one", _AGAIN),
    "42P01": ("The database does not have the tables of this release", _MIGRATE),
    "42703": ("The database does not have the tables of this release", _MIGRATE),
    "42883": ("The database does not have the functions of this release", _MIGRATE),
    "3F000": ("The database does not have the schema that its search_path names", "Correct search_path of the role."),
    "28": ("The database rejects the role or its password", "Correct the user or the password in DATABASE_URL."),
    "3D000": ("The database does not exist", "Create it, or correct its name in DATABASE_URL."),
    "08": ("The database is out of reach or has ended the connection", _UP),
    "57": ("The database is out of reach or has ended the connection", _UP),
}
# The SQLSTATE of an error that has none, by its text.
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
_OTHERWISE = ("The database rejects the query", "See 'partsearch doctor'; the database's own log says more.")


def database_error(error: BaseException) -> DatabaseError | None:
    """Return the error for the user of a command; ``None`` if the database is not its cause.

    Args:
        error: an error of a driver, or of Django, whose cause is the driver's.
    """
    cause = next(filter(_is_database_error, _chain(error)), None)
    if cause is None:
        return None
    line = first_line(cause)
    state = getattr(cause, "sqlstate", None) or _guess_sqlstate(line)
    if state is None and _is_connection_error(cause):
        state = "08"
    text, step = _text_and_next_step(state)
    is_out_of_reach = (state or "").startswith(("08", "57P"))
    return (DatabaseUnreachableError if is_out_of_reach else DatabaseError)(f"{text}: {line}.", step)


def next_step_for(line: str) -> str:
    """Return what to do about the last error line of a program; empty if the database is not its cause."""
    state = _guess_sqlstate(line) if _EXCEPTION_NAME.match(line) else None
    return _text_and_next_step(state)[1] if state else ""


def without_exception_name(line: str) -> str:
    """Return an error line without the name of the exception of Django or a driver."""
    return _EXCEPTION_NAME.sub("", line)


def _guess_sqlstate(line: str) -> str | None:
    """Return the SQLSTATE that fits the text of an error; ``None`` if no pattern matches."""
    return next((state for pattern, state in _BY_TEXT.items() if re.search(pattern, line, re.IGNORECASE)), None)


def _text_and_next_step(state: str | None) -> tuple[str, str]:
    wanted = state or ""
    return next((_BY_STATE[wanted[:length]] for length in (5, 2) if wanted[:length] in _BY_STATE), _OTHERWISE)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and its causes, the innermost first: the driver's error is the cause of Django's."""
    if error.__cause__ is not None:
        yield from _chain(error.__cause__)
    yield error


def _is_database_error(error: BaseException) -> bool:
    name = type(error).__module__
    return isinstance(error, psycopg.Error) or name.startswith(("django.db", "asyncpg"))


def _is_connection_error(error: BaseException) -> bool:
    return type(error).__name__ in ("OperationalError", "InterfaceError")
