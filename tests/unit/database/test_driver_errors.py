"""What the errors of both drivers mean, from their SQLSTATE or, where they have none, from their words."""

import asyncpg
import psycopg
import pytest

from partsearch.database.driver_errors import Fault, fault_of, reason

DISABLED = "ERROR:  The endpoint has been disabled. Enable it using Neon API and retry."
QUOTA = (
    'connection failed: connection to server at "127.0.0.1", port 5432 failed: ERROR:  Your account or project has '
    "exceeded the compute time quota. Upgrade your plan to increase limits."
)


def of_server(state: str, text: str) -> asyncpg.PostgresError:
    """An error of the server as asyncpg tells it."""
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
        of_server("57P01", "terminating connection due to administrator command"),
        of_server("57P03", "the database system is starting up"),
        of_server("53300", "sorry, too many clients already"),
        of_server("08P01", "server login has been failing, try again later (server_login_retry)"),
        of_server("08P01", "no more connections allowed (max_client_conn)"),
        of_server("08P01", "query_wait_timeout"),
        of_server("XX000", "Couldn't connect to compute node"),
        of_server("40001", "canceling statement due to conflict with recovery"),
    ],
)
def test_what_passes_is_tried_again(error: Exception) -> None:
    assert fault_of(error) is Fault.LOST
    assert reason(error) == "The database is out of reach."


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError(f"connection failed: {DISABLED}"),
        psycopg.OperationalError(QUOTA),
        of_server("XX000", "endpoint is disabled. Enable it using Neon API and retry."),
        of_server("XX000", "Your account or project has exceeded the compute time quota."),
        psycopg.OperationalError('FATAL:  password authentication failed for user "seller"'),
        of_server("28P01", 'password authentication failed for user "seller"'),
        of_server("3D000", 'database "parts" does not exist'),
        of_server("08P01", "unsupported startup parameter: statement_timeout"),
        psycopg.OperationalError("ERROR:  connection is insecure (try using `sslmode=require`)"),
    ],
)
def test_what_does_not_pass_is_not(error: Exception) -> None:
    assert fault_of(error) is Fault.REFUSED


@pytest.mark.parametrize("error", [psycopg.errors.QueryCanceled("canceling"), of_server("57014", "canceling")])
def test_a_cancelled_query_is_neither(error: Exception) -> None:
    assert fault_of(error) is Fault.STOPPED


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.UndefinedColumn("column part.colour does not exist"),
        of_server("42601", "syntax error"),
        of_server("0A000", "not supported"),
        of_server("XX000", "unexpected"),
    ],
)
def test_a_wrong_question_is_no_fault_of_the_database(error: Exception) -> None:
    assert fault_of(error) is None


def test_neon_is_quoted_and_nobody_else() -> None:
    assert reason(psycopg.OperationalError(DISABLED)) == (
        "The database is out of reach: The endpoint has been disabled. Enable it using Neon API and retry."
    )
    assert "exceeded the compute time quota. Upgrade" in reason(psycopg.OperationalError(QUOTA))
    assert "127.0.0.1" not in reason(psycopg.OperationalError(QUOTA))
    told = reason(psycopg.OperationalError('FATAL:  password authentication failed for user "seller"'))
    assert "seller" not in told
