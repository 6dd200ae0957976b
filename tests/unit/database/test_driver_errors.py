"""The kinds of errors of both drivers, by their SQLSTATE or, without one, by their text."""

import asyncpg
import psycopg
import pytest

from partsearch.database.errors.driver_errors import ErrorKind, error_kind, public_reason

DISABLED = "ERROR:  The endpoint has been disabled. Enable it using Neon API and retry."
QUOTA = (
    'connection failed: connection to server at "127.0.0.1", port 5432 failed: ERROR:  Your account or project has '
    "exceeded the compute time quota. Upgrade your plan to increase limits."
)


def server_error(state: str, text: str) -> asyncpg.PostgresError:
    """Return an error of the server as asyncpg raises it."""
    error: asyncpg.PostgresError = asyncpg.PostgresError.new({"C": state, "M": text, "S": "FATAL"})
    return error


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
        psycopg.OperationalError("consuming input failed: SSL connection has been closed unexpectedly"),
        psycopg.OperationalError("the connection is closed"),
        psycopg.InterfaceError("the connection is closed"),
        psycopg.errors.FeatureNotSupported("cached plan must not change result type"),
        psycopg.errors.InvalidSqlStatementName('prepared statement "_pg3_1" does not exist'),
        psycopg.errors.DeadlockDetected("deadlock detected"),
        ConnectionRefusedError(111, "Connection refused"),
        ConnectionResetError(104, "Connection reset by peer"),
        asyncpg.InterfaceError("the underlying connection is closed"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        server_error("57P01", "terminating connection due to administrator command"),
        server_error("57P03", "the database system is starting up"),
        server_error("53300", "sorry, too many clients already"),
        server_error("08P01", "server login has been failing, try again later (server_login_retry)"),
        server_error("08P01", "no more connections allowed (max_client_conn)"),
        server_error("08P01", "query_wait_timeout"),
        server_error("XX000", "Couldn't connect to compute node"),
        server_error("40001", "canceling statement due to conflict with recovery"),
    ],
)
def test_transient_errors(error: Exception) -> None:
    assert error_kind(error) is ErrorKind.TRANSIENT
    assert public_reason(error) == "The database is out of reach."


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError(f"connection failed: {DISABLED}"),
        psycopg.OperationalError(QUOTA),
        server_error("XX000", "endpoint is disabled. Enable it using Neon API and retry."),
        server_error("XX000", "Your account or project has exceeded the compute time quota."),
        psycopg.OperationalError('FATAL:  password authentication failed for user "seller"'),
        server_error("28P01", 'password authentication failed for user "seller"'),
        server_error("3D000", 'database "parts" does not exist'),
        server_error("08P01", "unsupported startup parameter: statement_timeout"),
        psycopg.OperationalError("ERROR:  connection is insecure (try using `sslmode=require`)"),
    ],
)
def test_rejections(error: Exception) -> None:
    assert error_kind(error) is ErrorKind.REJECTED


@pytest.mark.parametrize("error", [psycopg.errors.QueryCanceled("canceling"), server_error("57014", "canceling")])
def test_cancelled_queries(error: Exception) -> None:
    assert error_kind(error) is ErrorKind.CANCELLED


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.UndefinedColumn("column part.colour does not exist"),
        server_error("42601", "syntax error"),
        server_error("0A000", "not supported"),
        server_error("XX000", "unexpected"),
    ],
)
def test_an_error_in_the_query_has_no_kind(error: Exception) -> None:
    assert error_kind(error) is None


def test_the_public_reason_quotes_neon_only() -> None:
    assert public_reason(psycopg.OperationalError(DISABLED)) == (
        "The database is out of reach: The endpoint has been disabled. Enable it using Neon API and retry."
    )
    assert "exceeded the compute time quota. Upgrade" in public_reason(psycopg.OperationalError(QUOTA))
    assert "127.0.0.1" not in public_reason(psycopg.OperationalError(QUOTA))
    reason = public_reason(psycopg.OperationalError('FATAL:  password authentication failed for user "seller"'))
    assert "seller" not in reason
