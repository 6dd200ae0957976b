"""Keeps the dictionary of a process while people search, and reads it in a thread beside the searches.

The small tables and the first words are read before the first search. The words of a large catalog follow in the
background, and until all are known, texts are taken as typed. While nobody searches, nothing is asked of the database.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import Future
from dataclasses import replace
from typing import NamedTuple, Protocol

from partsearch.errors import PartsearchError
from partsearch.understanding.dictionary import Dictionary, words_of_names
from partsearch.understanding.refresh_rule import OLD_SECONDS, Refresh, RefreshRule
from partsearch.understanding.rows import SynonymRow, VehicleRow
from partsearch.understanding.word_keys import WordKeys
from partsearch.understanding.words.collected import CollectedWords
from partsearch.understanding.words.index import WordIndex
from partsearch.understanding.words.pace import Pace, StoppedError

logger = logging.getLogger(__name__)

WORDS_AT_ONCE = 20_000
"""A catalog with fewer words is read before the first search, which takes part of a second."""


class Tables(NamedTuple):
    """The rows of the small tables, and a text that differs when they do."""

    version: str
    marks: Sequence[VehicleRow]
    models: Sequence[VehicleRow]
    synonyms: Sequence[SynonymRow]


class Source(Protocol):
    """The database, as a thread reads it."""

    def tables(self, version: str) -> Tables | None:
        """Return the rows of the small tables; None if they are those of ``version``."""

    def running(self) -> tuple[int, Set[str]]:
        """Return the largest key of the words, and then the transactions that may have taken keys and are not over."""

    def words(self, last_key: int, most: int) -> Sequence[tuple[int, str]]:
        """Return words with their keys in order: the first ones after ``last_key``."""

    def shares(self) -> Mapping[str, float]:
        """Return about which share of the parts has each frequent word, or two words side by side."""

    def close(self) -> None:
        """End what the thread has opened."""


class DictionaryKeeper:
    """Keeps the latest dictionary. Searches of any thread may ask for it.

    Args:
        source: the database.
        clock: returns seconds.
        words_at_once: how many words are read at once.
    """

    def __init__(
        self,
        source: Source,
        clock: Callable[[], float] = time.monotonic,
        words_at_once: int = WORDS_AT_ONCE,
    ) -> None:
        self._source = source
        self._rule = RefreshRule(clock)
        self._words_at_once = words_at_once
        self._stopped = threading.Event()
        self._starting = threading.Lock()
        self._running: Future[Dictionary] | None = None
        self._thread: threading.Thread | None = None
        self._dictionary = Dictionary(is_complete=False)
        self._failure: Exception | None = None
        self._version = ""
        self._keys = WordKeys()

    @property
    def known(self) -> Dictionary:
        """The dictionary as far as it is known."""
        return self._dictionary

    def latest(self) -> "Dictionary | Future[Dictionary]":
        """Return the dictionary, or what returns it if the search has to wait for it; start a refresh if it is due."""
        due = self._rule.due()
        if due is Refresh.NOT_NOW:
            return self._dictionary
        future = self.refreshed()
        return future if due is Refresh.BEFORE_SEARCH else self._dictionary

    def refreshed(self) -> "Future[Dictionary]":
        """Return what returns the dictionary after a refresh: after the one that runs, if there is one.

        It raises what the source raises if nothing is known yet.
        """
        with self._starting:
            if self._running is None:
                self._running = Future()
                self._thread = threading.Thread(target=self._run, args=[self._running], name="dictionary", daemon=True)
                self._thread.start()
            return self._running

    def wait_until_complete(self) -> None:
        """Return when the words of all names are known.

        Raises:
            PartsearchError: the database is out of reach. Also what else a reading has raised.
        """
        while not self._dictionary.is_complete:
            self.refreshed().result()
            thread = self._thread
            if thread is not None:
                thread.join()
            if self._failure is not None:
                raise self._failure

    def stop(self) -> None:
        """End a refresh that runs, at its next pause."""
        self._stopped.set()

    def _run(self, future: "Future[Dictionary]") -> None:
        is_first = not self._version
        failure: Exception | None = None
        try:
            started = self._rule.now()
            self._read(future, started)
            self._rule.note_success(started)
        except StoppedError:
            pass
        except Exception as error:
            self._rule.note_failure()
            if self._stopped.is_set():
                logger.info("The dictionary is not refreshed any more", extra={"error": str(error)})
            elif isinstance(error, PartsearchError):
                logger.warning("The dictionary cannot be refreshed", extra={"error": str(error)})
            else:
                logger.exception("The dictionary cannot be refreshed")
            failure = error
        finally:
            self._failure = failure
            self._source.close()
            with self._starting:
                self._running = None
            # Whoever waits may ask again at once, and must not get this future then.
            if failure is not None and is_first and not future.done():
                future.set_exception(failure)
            elif not future.done():
                future.set_result(self._dictionary)

    def _read(self, future: "Future[Dictionary]", started: float) -> None:
        """Take what the database has now. The future is done as soon as a search can do with what is known."""
        self._read_tables()
        largest, running = self._source.running()
        last_key = self._keys.first_to_read(largest, running)
        pace = Pace(self._stopped)
        is_new = largest < self._keys.largest
        words = CollectedWords(WordIndex() if is_new else self._dictionary.words, pace)
        tables_at = started
        while True:
            rows = self._source.words(last_key, self._words_at_once)
            words.add(words_of_names(value for _, value in rows))
            if len(rows) < self._words_at_once:
                break
            last_key = rows[-1][0]
            if not future.done():
                self._rule.note_success(started)
                future.set_result(self._dictionary)
            if self._rule.now() - tables_at > OLD_SECONDS:
                tables_at = self._rule.now()
                self._read_tables()
            pace()
        self._dictionary = replace(self._dictionary, words=words.index(), is_complete=True)
        self._keys = self._keys.after_reading(largest, running)

    def _read_tables(self) -> None:
        dictionary = self._dictionary
        tables = self._source.tables(self._version)
        if tables is not None:
            dictionary = dictionary.with_tables(tables.marks, tables.models, tables.synonyms)
        self._dictionary = dictionary.with_shares(self._source.shares())
        if tables is not None:
            self._version = tables.version
