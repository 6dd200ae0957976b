"""The end of the transaction: kept or not, also where the connection breaks at that very moment."""

import time

import psycopg

from partsearch.catalog_copy.errors import ConnectionBrokeError, CopyError
from partsearch.catalog_copy.side import UNCHANGED, Side
from partsearch.system.signals import signals_ignored

_ASKED_FOR_SECONDS = 20
_POLL_SECONDS = 0.2


class Outcome:
    """What became of the copy: whether the target has the copy for good."""

    is_kept = False

    def keep(self, target: Side) -> None:
        """Commits. Where the answer is lost on its way, another connection asks what became of it.

        Raises:
            CopyError: it was rolled back, or nobody can tell.
        """
        transaction: str = target.value("SELECT pg_current_xact_id()::text")
        with signals_ignored():
            try:
                target.commit()
            except CopyError as error:
                _require_kept(target, transaction, error)
            self.is_kept = True

    def interrupted(self) -> CopyError:
        """What Ctrl-C has come to."""
        if self.is_kept:
            return CopyError(
                "Interrupted when all was copied and checked: TO has it. Only its statistics are not refreshed yet.",
                "Autovacuum will see to them.",
            )
        return CopyError(f"Interrupted. {UNCHANGED}", "Run the same command again.")


def _require_kept(target: Side, transaction: str, error: CopyError) -> None:
    status = _status(target, transaction)
    if status == "committed":
        return
    if status == "aborted":
        raise error
    raise ConnectionBrokeError(
        f"TO ({target.place.address.shown()}) went away while it was keeping the copy: it has all of it, or"
        " nothing of it.",
        "When it is back, look with 'partsearch doctor', and copy again with --replace if it has the old rows.",
    )


def _status(target: Side, transaction: str) -> str | None:
    """``committed``, ``aborted``, or ``None`` where it cannot be asked."""
    deadline = time.monotonic() + _ASKED_FOR_SECONDS
    while time.monotonic() < deadline:
        try:
            with psycopg.connect(target.place.address.conninfo(), prepare_threshold=None) as connection:
                row = connection.execute("SELECT pg_xact_status(%s::xid8)", [transaction]).fetchone()
        except psycopg.Error:
            row = None
        if row and row[0] in ("committed", "aborted"):
            return str(row[0])
        time.sleep(_POLL_SECONDS)
    return None
