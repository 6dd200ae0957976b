"""Each error of the database in a command has a cause and a next step."""

import psycopg
import pytest
from django.db import Error, IntegrityError, InternalError, OperationalError

from partsearch.database.errors import DatabaseUnreachableError
from partsearch.database.errors.command_errors import database_error, next_step_for, without_exception_name


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """Return ``error`` after it was raised from ``cause``."""
    try:
        raise error from cause
    except type(error) as caught:
        return caught


@pytest.mark.parametrize(
    ("error", "cause", "step"),
    [
        (psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT"), "can only be read", "primary"),
        (psycopg.errors.InsufficientPrivilege("permission denied for table part"), "role", "Grant"),
        (psycopg.errors.UniqueViolation("duplicate key"), "exists already", "doctor"),
        (psycopg.errors.ForeignKeyViolation("violates"), "removed meanwhile", "again"),
        (psycopg.errors.CheckViolation("violates"), "constraint", "Correct"),
        (psycopg.errors.NumericValueOutOfRange("too large"), "value", "Correct"),
        (psycopg.errors.DiskFull("could not extend file"), "disk", "space"),
        (psycopg.errors.OutOfMemory("out of memory"), "memory", "memory"),
        (psycopg.errors.TooManyConnections("too many"), "no more connections", "max_connections"),
        (psycopg.errors.QueryCanceled("canceling statement due to statement timeout"), "stopped", "statement_timeout"),
        (psycopg.errors.AdminShutdown("terminating connection"), "out of reach", "partsearch up"),
        (psycopg.errors.LockNotAvailable("lock timeout"), "locked", "again"),
        (psycopg.errors.DeadlockDetected("deadlock detected"), "conflicts", "again"),
        (psycopg.errors.UndefinedTable('relation "part" does not exist'), "tables of this release", "migrate"),
        (psycopg.errors.UndefinedColumn('column "x" does not exist'), "tables of this release", "migrate"),
        (psycopg.errors.InvalidCatalogName("no database"), "does not exist", "DATABASE_URL"),
        (psycopg.OperationalError("connection failed: Connection refused"), "out of reach", "partsearch up"),
        (psycopg.OperationalError("FATAL: remaining connection slots are reserved"), "no more", "max_connections"),
        (psycopg.InterfaceError("the connection is closed"), "out of reach", "partsearch up"),
        (psycopg.errors.SyntaxError("syntax error"), "rejects the query", "doctor"),
    ],
)
def test_an_error_of_the_driver_has_a_cause_and_a_next_step(error: psycopg.Error, cause: str, step: str) -> None:
    for raised_error in (error, raised(Error(*error.args), error)):
        translated = database_error(raised_error)
        assert translated is not None
        assert cause in str(translated)
        assert str(error.args[0]) in str(translated)
        assert step in translated.next_step


def test_a_lost_connection_differs_from_a_rejected_statement() -> None:
    assert isinstance(database_error(OperationalError("server closed the connection")), DatabaseUnreachableError)
    assert not isinstance(database_error(IntegrityError("duplicate key")), DatabaseUnreachableError)


def test_an_error_in_the_code_is_not_translated() -> None:
    assert database_error(ValueError("mine")) is None
    assert database_error(raised(KeyError("x"), ValueError("y"))) is None


def test_the_last_line_of_a_failed_migration_has_a_next_step() -> None:
    line = "django.db.utils.InternalError: cannot execute CREATE TABLE in a read-only transaction"
    assert "primary" in next_step_for(line)
    assert without_exception_name(line).startswith("cannot execute")
    assert next_step_for("ValueError: connection") == ""
    assert database_error(InternalError(line)) is not None
