"""The transaction of an export: one snapshot of the data, read by a cursor of the server."""

from partsearch.contract.limits import EXPORT_STATEMENT_SECONDS

EXPORT_TRANSACTION = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    f"SET LOCAL statement_timeout = {EXPORT_STATEMENT_SECONDS * 1000:.0f}",
    # A client that takes nothing for longer is cut by the service; this ends what a killed service has left.
    f"SET LOCAL idle_in_transaction_session_timeout = {EXPORT_STATEMENT_SECONDS * 2000:.0f}",
    # The statement of a client that has gone ends, although the connection is only closed.
    "SET LOCAL client_connection_check_interval = 500",
    # All rows are read, not the first tenth, for which PostgreSQL plans a cursor.
    "SET LOCAL cursor_tuple_fraction = 1",
    "SET LOCAL jit = off",
)
"""The statements that begin it, after BEGIN."""
