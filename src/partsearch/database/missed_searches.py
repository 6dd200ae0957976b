"""Remembers the searches that have found nothing, in the table ``missed_search`` of the primary.

A search only notes its text in memory. A thread writes the texts a few seconds later, with one statement on a
connection of its own, which it closes at once: a database that nobody uses can sleep. Where the database is out of
reach, the texts wait in memory; beyond a limit, new ones are dropped.
"""

import logging
import re
import threading
import time
from functools import partial

import psycopg

from partsearch.contract.text.normalized import normalize
from partsearch.database.address import DatabaseAddress
from partsearch.database.errors.driver_errors import first_line
from partsearch.database.watchdog import Watchdog, shut_down

logger = logging.getLogger(__name__)

LONGEST_TEXT = 100
"""A longer text is not kept: it is no name of a part."""

MOST_TEXTS = 1_000
"""How many texts wait in memory."""

FLUSH_SECONDS = 5.0
KEPT_DAYS = 90
MOST_ROWS = 50_000
"""The table keeps the texts that were searched last: a client with random texts must not fill the disk."""

_CLEANING_SECONDS = 3_600.0
_LONGEST_RETRY_SECONDS = 300.0
_WRITE_SECONDS = 10.0
_STOP_SECONDS = 2.0
_APPLICATION_NAME = "partsearch-missed-searches"

# In the order of the words: two processes that write at once never wait for each other in a circle.
_WRITE = """
    INSERT INTO missed_search (words, times, last_seen)
    SELECT words, times, now() FROM unnest(%s::text[], %s::bigint[]) AS missed (words, times) ORDER BY words
    ON CONFLICT (words) DO UPDATE
    SET times = missed_search.times + excluded.times, last_seen = greatest(missed_search.last_seen, excluded.last_seen)
"""
_CLEAN = """
    DELETE FROM missed_search
    WHERE last_seen < now() - make_interval(days => %s)
        OR last_seen < (SELECT last_seen FROM missed_search ORDER BY last_seen DESC OFFSET %s LIMIT 1)
"""

_GAP = r"[\s()./-]{0,3}"
_EMAIL = re.compile(r"\S@\S")
# With a plus: any number of ten digits or more. Without: those of Russia and Kazakhstan (8 or 7 and ten digits, or ten
# digits with a mobile code), Belarus (80 and nine, or 375), Ukraine (0 and a code, or 380) and other neighbours. Part
# numbers with Latin letters before or behind the digits are none.
_PHONE = re.compile(
    rf"\+(?:{_GAP}\d){{10,15}}"
    r"|(?<![\da-z])(?:"
    rf"[78]{_GAP}[3-9](?:{_GAP}\d){{9}}"
    rf"|8{_GAP}0{_GAP}(?:1{_GAP}[5-7]|2{_GAP}[1-9]|3{_GAP}3|4{_GAP}4)(?:{_GAP}\d){{7}}"
    rf"|9(?:{_GAP}\d){{9}}"
    rf"|0{_GAP}(?:39|50|6[36-8]|73|77|9[1-9])(?:{_GAP}\d){{7}}"
    rf"|(?:37[0-5]|38[0-2]|99[2-8])(?:{_GAP}\d){{8,9}}"
    r")(?![\da-z])"
)


class MissedSearches:
    """Keeps the texts of searches that have found nothing, in a thread of its own, which the first one starts.

    Args:
        address: the primary; a pooler in front of it does no harm.
        flush_seconds: how long texts are collected before they are written.
    """

    def __init__(self, address: DatabaseAddress, flush_seconds: float = FLUSH_SECONDS) -> None:
        self._address = address
        self._flush_seconds = flush_seconds
        self._lock = threading.Lock()
        self._times: dict[str, int] = {}
        self._writing: dict[str, int] = {}
        self._noted = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._watchdog = Watchdog()
        self._next_cleaning = 0.0
        self._retry_seconds = flush_seconds

    def record(self, text: str) -> None:
        """Note that a search for this text has found nothing. It waits for nothing, and never fails the search.

        A text that may name a person is not kept: one that is long, or has an e-mail address or a telephone number.
        """
        words = words_to_keep(text)
        if words is None or self._stopped.is_set():
            return
        with self._lock:
            if words in self._times or len(self._times) + len(self._writing) < MOST_TEXTS:
                self._times[words] = self._times.get(words, 0) + 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="missed-searches", daemon=True)
                self._thread.start()
        self._noted.set()

    def stop(self) -> None:
        """Write the texts that wait, for two seconds at most, and stop the thread."""
        self._stopped.set()
        self._noted.set()
        thread = self._thread
        if thread is not None and thread.is_alive():
            thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._noted.wait()
            self._stopped.wait(self._flush_seconds)
            self._noted.clear()
            if not self._flush():
                self._noted.set()
                self._stopped.wait(self._retry_seconds)
                self._retry_seconds = min(2 * self._retry_seconds, _LONGEST_RETRY_SECONDS)
            else:
                self._retry_seconds = self._flush_seconds

    def _flush(self) -> bool:
        """Write the texts that wait; return whether that is done."""
        with self._lock:
            self._writing, self._times = self._times, {}
        if not self._writing:
            return True
        try:
            self._write(self._writing)
        except (psycopg.Error, OSError) as error:
            fields = {"error": first_line(error), "texts": len(self._writing)}
            self._keep_writing()
            logger.warning("Missed searches cannot be kept", extra=fields)
            return False
        except Exception:
            logger.exception("Missed searches cannot be kept")
        with self._lock:
            self._writing = {}
        return True

    def _keep_writing(self) -> None:
        """Let the texts that could not be written wait again."""
        with self._lock:
            for words, times in self._writing.items():
                self._times[words] = self._times.get(words, 0) + times
            self._writing = {}

    def _write(self, taken: dict[str, int]) -> None:
        with (
            psycopg.connect(
                self._address.conninfo(),
                autocommit=True,
                prepare_threshold=None,
                client_encoding="utf8",
                application_name=_APPLICATION_NAME,
            ) as connection,
            self._watchdog.limit(_WRITE_SECONDS, partial(shut_down, connection.fileno())),
        ):
            connection.execute(_WRITE, [list(taken), list(taken.values())])
            if time.monotonic() >= self._next_cleaning:
                connection.execute(_CLEAN, [KEPT_DAYS, MOST_ROWS - 1])
                self._next_cleaning = time.monotonic() + _CLEANING_SECONDS


def words_to_keep(text: str) -> str | None:
    """Return the text normalised; ``None`` if it is not kept."""
    if len(text) > 2 * LONGEST_TEXT:
        return None
    words = normalize(text)
    is_kept = 0 < len(words) <= LONGEST_TEXT and "\0" not in words and not _EMAIL.search(words)
    return words if is_kept and not _PHONE.search(words) and _is_storable(words) else None


def _is_storable(words: str) -> bool:
    """Return whether PostgreSQL stores the text: one half of a surrogate pair is no character."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True
