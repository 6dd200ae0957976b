"""The checks of the server and the database: version, locale, identity, and whether it can be written."""

from collections.abc import Iterator

from partsearch.database.check_result import CheckResult
from partsearch.database.query_connection import QueryConnection
from partsearch.database.reachability import OLDEST_VERSION

_LOCALES_WITHOUT_CYRILLIC = ("C", "POSIX")
_CREATE_DATABASE = (
    "Create the database again: CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0; "
    "a locale cannot be changed later."
)

# A standby has the identifier of its primary. So do copies of one cluster, which this check cannot tell apart.
_IDENTITY = "SELECT system_identifier, oid FROM pg_control_system(), pg_database WHERE datname = current_database()"

_WRITE_STATE = """
    SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only')::boolean, quote_ident(current_user)
"""
_READ_ONLY_TABLES = """
    SELECT string_agg(name, ', ') FROM unnest(ARRAY['mark', 'model', 'part']) AS name
    WHERE NOT (has_table_privilege(to_regclass(name), 'INSERT') AND has_table_privilege(to_regclass(name), 'UPDATE')
        AND has_table_privilege(to_regclass(name), 'DELETE'))
"""


def check_version(connection: QueryConnection) -> Iterator[CheckResult]:
    """Yield the version of the server, a failure if it is too old."""
    yield version_result(connection.value("SHOW server_version"), connection.connection.info.server_version)


def version_result(name: str, number: int) -> CheckResult:
    """Return the result for a version, from its name and libpq's number."""
    text = f"PostgreSQL {name.split()[0]}"
    if number // 10_000 >= OLDEST_VERSION:
        return CheckResult("server", text)
    return CheckResult("server", text, is_failure=True, next_step=f"Use PostgreSQL {OLDEST_VERSION} or newer.")


def check_locale(connection: QueryConnection) -> Iterator[CheckResult]:
    """Yield whether Cyrillic characters are letters: pg_trgm uses LC_CTYPE, and under C none of them is."""
    encoding, character_type, has_trigrams = connection.row(
        "SELECT pg_encoding_to_char(encoding), datctype::text,"
        " EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')"
        " FROM pg_database WHERE datname = current_database()"
    )
    if encoding != "UTF8":
        yield _locale_failure(f"the encoding is {encoding}, not UTF8")
        return
    trigrams = connection.value("SELECT cardinality(show_trgm('бампер'))") if has_trigrams else None
    text = f"LC_CTYPE is {character_type}"
    if trigrams == 0:
        yield _locale_failure(f"{text}: indexes ignore Cyrillic letters, show_trgm('бампер') is empty")
    elif trigrams:
        yield CheckResult(
            "locale", f"{text}: indexes know Cyrillic letters, show_trgm('бампер') has {trigrams} trigrams"
        )
    elif character_type in _LOCALES_WITHOUT_CYRILLIC:
        yield _locale_failure(f"{text}: indexes ignore Cyrillic letters")
    else:
        yield CheckResult("locale", f"{text}; show_trgm can be checked when pg_trgm is installed")


def _locale_failure(text: str) -> CheckResult:
    return CheckResult("locale", text, is_failure=True, next_step=_CREATE_DATABASE)


def check_identity(
    subject: str, database: QueryConnection, other: QueryConnection, setting: str
) -> Iterator[CheckResult]:
    """Yield a failure if ``setting`` leads to another database than DATABASE_URL; else nothing.

    Args:
        subject: the subject of the result.
        database: a connection to the database of DATABASE_URL.
        other: a connection to the database of ``setting``.
        setting: the name of a setting.
    """
    if database.row(_IDENTITY) != other.row(_IDENTITY):
        yield CheckResult(
            subject,
            f"{setting} names another database than DATABASE_URL",
            is_failure=True,
            next_step=f"Correct {setting}: searches and changes must use one catalog.",
        )


def check_writable(connection: QueryConnection) -> Iterator[CheckResult]:
    """Yield advice if the catalog is read-only, with the reason; else nothing. Searches only read."""
    is_standby, is_read_only, role = connection.row(_WRITE_STATE)
    tables = connection.value(_READ_ONLY_TABLES)
    if is_standby:
        yield _read_only_advice("the server is a standby", "Name its primary in DATABASE_URL.")
    elif is_read_only:
        yield _read_only_advice(
            "default_transaction_read_only is on",
            f"Run ALTER ROLE {role} SET default_transaction_read_only = off; or remove it from the database.",
        )
    elif tables:
        yield _read_only_advice(
            f"role {role} may not change {tables}", f"Run GRANT INSERT, UPDATE, DELETE ON {tables} TO {role};"
        )


def _read_only_advice(reason: str, step: str) -> CheckResult:
    return CheckResult(
        "changes", f"the database can only be read: {reason}. Searches work, nothing else does", next_step=step
    )
