"""Folding in the background, by the processes that search, and only while somebody searches.

A database that nobody uses can sleep: without a search nothing is asked of it, and the connection is closed soon after
the last one. Of all processes of a home one has a connection at a time, of all homes one folds at a time.
"""

import logging
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg

from partsearch.database.address import DatabaseAddress
from partsearch.database.address.configured import direct_database_address
from partsearch.database.errors.driver_errors import first_line
from partsearch.errors import PartsearchError
from partsearch.settings import settings
from partsearch.system.file_lock import FileLock, FileLockedError
from partsearch.totals.connection import TotalsConnection
from partsearch.totals.errors import TotalsConflictError, TotalsLockedError
from partsearch.totals.fold import FoldOutcome, Waiting, fold_once, read_waiting, sum_next
from partsearch.totals.rebuild import BUILD_SECONDS, build_next
from partsearch.totals.statistics import STATISTICS_SQL, latest_statistics, write_statistics
from partsearch.totals.tracked_params import missing_params, track_unused_params

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 1.0
_KEPT_SECONDS = 2.0
"""How long the connection is kept after the last search."""

_STATISTICS_FILE = "totals-statistics.json"
_STATISTICS_SECONDS = 60.0

_MANY_CHANGES = 200
_OLD_SECONDS = 3.0
"""A change is folded when it is so old, so that its words are corrected to within ten seconds."""
_SUM_SECONDS = 0.3
"""How long to sum layers in a round of a second; each takes about a tenth of a second."""
_FIRST_RETRY_SECONDS = 5.0
_LONGEST_RETRY_SECONDS = 300.0
_STOP_SECONDS = 2.0
_ERRORS = (PartsearchError, psycopg.Error, OSError)


class Folding:
    """Folds in a thread of its own, which the first search starts.

    Args:
        address: the primary, without a pooler.
        lock: the file whose lock only one process of this home has; the statistics are beside it.
    """

    def __init__(self, address: DatabaseAddress, lock: Path) -> None:
        self._address = address
        self._file_lock = FileLock(lock)
        self._statistics = lock.with_name(_STATISTICS_FILE)
        self._searched = threading.Event()
        self._stopped = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._turn = ExitStack()
        self._connection: TotalsConnection | None = None
        self._age = _Age()
        self._used_params: set[str] = set()
        self._retry_seconds = _FIRST_RETRY_SECONDS

    def notice_search(self) -> None:
        """Note that somebody searches. It waits for nothing."""
        if not self._searched.is_set():
            self._searched.set()
            if self._thread is None:
                self._start()

    def stop(self) -> None:
        """Stop the thread. What it is doing is rolled back."""
        with self._starting:
            self._stopped.set()
        self._searched.set()
        connection, thread = self._connection, self._thread
        if thread is None or not thread.is_alive():
            return
        if connection is not None:
            connection.cancel()
        thread.join(_STOP_SECONDS)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._run, name="totals-folding", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stopped.is_set():
            if not self._searched.wait(_KEPT_SECONDS if self._connection else None):
                self._end_turn()
                continue
            self._searched.clear()
            delay = self._round()
            self._stopped.wait(delay)
            if delay > _CHECK_SECONDS:
                # A search of a minute ago must not wake a database that nobody has used since.
                self._searched.clear()
        self._end_turn()

    def _round(self) -> float:
        """Do what there is to do; return how long to wait before the next search may cause another round."""
        statistics_age = latest_statistics.refresh(self._statistics)
        try:
            if not self._has_turn():
                return _CHECK_SECONDS
            has_old_statistics = statistics_age > _STATISTICS_SECONDS
            self._work(tracks_params=has_old_statistics)
            if has_old_statistics:
                self._read_statistics()
        except _ERRORS as error:
            self._end_turn()
            return self._delay_after(error)
        except Exception:
            logger.exception("The totals cannot be folded")
            self._end_turn()
            return _LONGEST_RETRY_SECONDS
        self._retry_seconds = _FIRST_RETRY_SECONDS
        return _CHECK_SECONDS

    def _delay_after(self, error: BaseException) -> float:
        if not self._stopped.is_set():
            fields = {"error": first_line(error), "retry_seconds": self._retry_seconds}
            logger.warning("The totals cannot be folded", extra=fields)
        delay, self._retry_seconds = self._retry_seconds, min(2 * self._retry_seconds, _LONGEST_RETRY_SECONDS)
        return delay

    def _has_turn(self) -> bool:
        """Return whether this process has the connection of its home, which it opens if it is its turn."""
        if self._connection is not None:
            return True
        try:
            self._turn.enter_context(self._file_lock.held())
        except FileLockedError:
            return False
        self._connection = self._turn.enter_context(TotalsConnection(self._address))
        return True

    def _end_turn(self) -> None:
        self._connection = None
        self._turn.close()

    def _work(self, *, tracks_params: bool) -> None:
        connection = self._connection
        if connection is None:
            return
        waiting = read_waiting(connection, _MANY_CHANGES)
        if not waiting.can_write:
            return
        try:
            if not waiting.is_ready:
                self._build(connection)
            elif self._is_due(waiting):
                self._fold(connection)
            elif waiting.has_unsummed:
                self._sum(connection)
            elif tracks_params:
                self._track_params(connection)
        except (TotalsLockedError, TotalsConflictError):
            return  # another process works on the planes; the next search tries again

    def _track_params(self, connection: TotalsConnection) -> None:
        """Give planes to keys that words of ``q`` mean and that no part has; others get them by a rebuild."""
        missing = [key for key in missing_params(connection) if key not in self._used_params]
        if missing:
            new = track_unused_params(connection, missing, BUILD_SECONDS)
            self._used_params.update(set(missing) - set(new))

    def _read_statistics(self) -> None:
        """Let every process of the home know how frequent keys are."""
        if self._connection is not None:
            write_statistics(self._statistics, self._connection.rows(STATISTICS_SQL))
            latest_statistics.refresh(self._statistics)

    def _is_due(self, waiting: Waiting) -> bool:
        is_old = self._age.seconds(waiting, time.monotonic()) >= _OLD_SECONDS
        return is_old or waiting.changes >= _MANY_CHANGES or waiting.has_layers

    def _fold(self, connection: TotalsConnection) -> None:
        while not self._stopped.is_set():
            started = time.monotonic()
            result = fold_once(connection)
            lasted = time.monotonic() - started
            if result.outcome is not FoldOutcome.FOLDED:
                return
            logger.info("Folded the totals", extra={"parts": result.parts, "seconds": round(lasted, 3)})
            waiting = read_waiting(connection, _MANY_CHANGES)
            if waiting.changes < _MANY_CHANGES and not waiting.has_layers:
                return
            self._stopped.wait(lasted)

    def _sum(self, connection: TotalsConnection) -> None:
        """Sum layers for a part of a round: the others are left to the next rounds, and their time to the searches."""
        end = time.monotonic() + _SUM_SECONDS
        while not self._stopped.is_set() and sum_next(connection) and time.monotonic() < end:
            pass

    def _build(self, connection: TotalsConnection) -> None:
        """Build the missing segments, and leave as much time to the searches as each of them takes."""
        logger.info("Building the totals")
        started, segments, is_left = time.monotonic(), 0, True
        while is_left and not self._stopped.is_set():
            began = time.monotonic()
            is_left = build_next(connection)
            segments += is_left
            self._stopped.wait(time.monotonic() - began)
        fields = {"segments": segments, "seconds": round(time.monotonic() - started, 1)}
        logger.info("Built the totals" if not is_left else "Stopped building the totals", extra=fields)


def site_folding() -> Folding:
    """Return the folding of this process of the site."""
    return Folding(direct_database_address(), settings().partsearch_home / "run" / "folding.lock")


class _Age:
    """How long this process knows that the oldest change waits: the changes themselves have no time."""

    def __init__(self) -> None:
        self._newest: tuple[int | None, int | None] = (None, None)
        self._since = 0.0

    def seconds(self, waiting: Waiting, now: float) -> float:
        """Return for how many seconds the oldest change has been waiting, as far as this process has seen."""
        known, known_mark = self._newest
        is_known = _is_at_most(waiting.oldest, known) or _is_at_most(waiting.oldest_mark, known_mark)
        if not is_known:
            self._newest, self._since = (waiting.newest, waiting.newest_mark), now
        return now - self._since


def _is_at_most(oldest: int | None, known: int | None) -> bool:
    return oldest is not None and known is not None and oldest <= known
