"""Building the planes of the segments that a load has filled, while it fills the next ones."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from partsearch.database.address import DatabaseAddress
from partsearch.errors import PartsearchError
from partsearch.totals.connection import TotalsConnection
from partsearch.totals.errors import TotalsConflictError, TotalsLockedError
from partsearch.totals.rebuild import BUILD_SECONDS, VACUUM_SEGMENTS, vacuum_planes
from partsearch.totals.segments import build_segment

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 1.0
_FULL_SEGMENT = """
    SELECT totals_segment_of(part_id) AS segment FROM totals_change, totals_state WHERE is_ready
    GROUP BY segment HAVING count(*) >= %s ORDER BY segment LIMIT 1
"""
_FULL_PARTS = 60_000
"""So many parts fill a segment: a load may have left out some of its 64,000 ids."""


class SegmentBuilder:
    """Builds full segments in a thread of its own, from ``start`` until the load ends.

    It only saves time. What it leaves, and what it fails to do, is left to the fold after the load, which reports it.
    """

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="totals-of-the-load", daemon=True)
        self._connection: TotalsConnection | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @contextmanager
    def stopped_at_the_end(self) -> Iterator[None]:
        """Stop the thread at the end of the block: after the segment that it builds, or at once after an error."""
        try:
            yield
        except BaseException:
            self._stop(cancels=True)
            raise
        self._stop(cancels=False)

    def _stop(self, *, cancels: bool) -> None:
        self._stopped.set()
        connection = self._connection
        if connection is not None and cancels:
            connection.cancel()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            with TotalsConnection(self._address) as connection:
                self._connection = connection
                self._build_full_segments(connection)
        except (PartsearchError, psycopg.Error) as error:
            logger.info("Stopped building the totals during the load", extra={"error": str(error)})
        finally:
            self._connection = None

    def _build_full_segments(self, connection: TotalsConnection) -> None:
        built = 0
        while not self._stopped.is_set():
            if not _build_full_segment(connection):
                self._stopped.wait(_CHECK_SECONDS)
                continue
            built += 1
            if built % VACUUM_SEGMENTS == 0:
                vacuum_planes(connection)


def _build_full_segment(connection: TotalsConnection) -> bool:
    """Build a segment that is full; return whether there was one that nobody else works on."""
    try:
        with connection.locked(BUILD_SECONDS):
            full = connection.rows(_FULL_SEGMENT, _FULL_PARTS)
            for (segment,) in full:
                build_segment(connection, segment)
    except (TotalsLockedError, TotalsConflictError):
        return False
    return bool(full)
