"""The commit of a copy, whose result is known even if the connection breaks during it."""

import time

import psycopg

from partsearch.catalog_copy.connection import UNCHANGED, CopyConnection
from partsearch.catalog_copy.errors import ConnectionBrokeError, CopyError
from partsearch.system.signals import signals_ignored

_ASKED_FOR_SECONDS = 20
_POLL_SECONDS = 0.2


class Commit:
    """The commit: ``is_committed`` says whether the target has the copy."""

    is_committed = False

    def run(self, target: CopyConnection) -> None:
        """Commit. If the answer is lost, ask for the status of the transaction through another connection.

        Raises:
            CopyError: the transaction was rolled back, or its status is unknown.
        """
        transaction: str = target.value("SELECT pg_current_xact_id()::text")
        with signals_ignored():
            try:
                target.commit()
            except CopyError as error:
                _require_committed(target, transaction, error)
            self.is_committed = True

    def interruption(self) -> CopyError:
        """Return the error of an interrupted copy."""
        if self.is_committed:
            return CopyError(
                "Interrupted after the commit: TO has the copy. Only its statistics and its totals are not refreshed.",
                "Autovacuum and the services will do it.",
            )
        return CopyError(f"Interrupted. {UNCHANGED}", "Run the same command again.")


def _require_committed(target: CopyConnection, transaction: str, error: CopyError) -> None:
    status = _status(target, transaction)
    if status == "committed":
        return
    if status == "aborted":
        raise error
    raise ConnectionBrokeError(
        f"TO ({target.endpoint.address.display_name()}) did not answer during the commit: it has the whole"
        " copy, or nothing of it.",
        "When it answers again, run 'partsearch doctor', and copy again with --replace if it has the old rows.",
    )


def _status(target: CopyConnection, transaction: str) -> str | None:
    """Return ``committed`` or ``aborted``; ``None`` if the database does not answer."""
    deadline = time.monotonic() + _ASKED_FOR_SECONDS
    while time.monotonic() < deadline:
        try:
            with psycopg.connect(target.endpoint.address.conninfo(), prepare_threshold=None) as connection:
                row = connection.execute("SELECT pg_xact_status(%s::xid8)", [transaction]).fetchone()
        except psycopg.Error:
            row = None
        if row and row[0] in ("committed", "aborted"):
            return str(row[0])
        time.sleep(_POLL_SECONDS)
    return None
