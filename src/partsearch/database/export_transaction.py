"""The transaction of an export: one snapshot of the data, read by a cursor of the server."""

from partsearch.contract.limits import EXPORT_STATEMENT_SECONDS

_IDLE_SECONDS = 2 * EXPORT_STATEMENT_SECONDS


def export_transaction(idle_seconds: float = _IDLE_SECONDS) -> tuple[str, ...]:
    """Return the statements that begin it, after BEGIN.

    Args:
        idle_seconds: how long the reader may take nothing. A service cuts such a client before; the default ends what a
            killed service has left.
    """
    return (
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        f"SET LOCAL statement_timeout = {EXPORT_STATEMENT_SECONDS * 1000:.0f}",
        f"SET LOCAL idle_in_transaction_session_timeout = {idle_seconds * 1000:.0f}",
        # The statement of a client that has gone ends, although the connection is only closed.
        "SET LOCAL client_connection_check_interval = 500",
        # All rows are read, not the first tenth, for which PostgreSQL plans a cursor.
        "SET LOCAL cursor_tuple_fraction = 1",
        "SET LOCAL jit = off",
    )
