"""The dictionary of this process: the words of the catalog, as they were a few seconds ago."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from django.db import DatabaseError, InterfaceError, connections

from partsearch.contract.errors import ProblemError
from partsearch.django_service.database.reader import read
from partsearch.django_service.typed.rows import WORDS_AT_ONCE, active_synonyms, new_words, shown_vehicles
from partsearch.totals.statistics import latest_statistics
from partsearch.understanding.dictionary import Dictionary

logger = logging.getLogger(__name__)

_FRESH_SECONDS = 2.0
_OLDEST_SECONDS = 10.0
_ERRORS = (DatabaseError, InterfaceError, ProblemError)


def load_dictionary(known: Dictionary) -> Dictionary:
    """Return ``known`` with the rows that the database holds now.

    Raises:
        ProblemError: 503, the database is out of reach.
    """
    is_complete = False
    while not is_complete:
        words = read(partial(new_words, known.last_key))
        known = known.with_words(words)
        is_complete = len(words) < WORDS_AT_ONCE
    marks, models = read(shown_vehicles)
    statistics = latest_statistics.value
    shares = statistics.shares.get("word", {}) if statistics else {}
    return known.with_tables(marks, models, read(active_synonyms), shares)


class LatestDictionary:
    """Keeps the dictionary while people search: each search may take it, and refreshes it if it is old.

    Args:
        load: returns a dictionary with the rows of the database, made from the one that is known.
        clock: returns seconds.
    """

    def __init__(
        self,
        load: Callable[[Dictionary], Dictionary] = load_dictionary,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._clock = clock
        self._dictionary: Dictionary | None = None
        self._loaded = 0.0
        self._refreshing = threading.Lock()
        self._background = threading.Lock()

    def current(self) -> Dictionary:
        """Return the dictionary. It waits for one that is younger than ten seconds.

        Raises:
            ProblemError: 503, there is none yet, and the database is out of reach.
        """
        known = self._dictionary
        if known is None or self._age() > _OLDEST_SECONDS:
            return self._refreshed()
        if self._age() > _FRESH_SECONDS and self._background.acquire(blocking=False):
            threading.Thread(target=self._refresh_in_background, name="dictionary", daemon=True).start()
        return known

    def _age(self) -> float:
        return self._clock() - self._loaded

    def _refreshed(self) -> Dictionary:
        """Return a dictionary that is young enough; of several searches one loads it. The old one if that fails."""
        with self._refreshing:
            known = self._dictionary
            if known is not None and self._age() <= _OLDEST_SECONDS:
                return known
            try:
                return self._refresh()
            except _ERRORS as error:
                if known is None:
                    raise
                _log(error)
                return known

    def _refresh_in_background(self) -> None:
        try:
            with self._refreshing:
                if self._age() > _FRESH_SECONDS:
                    self._refresh()
        except _ERRORS as error:
            _log(error)
        except Exception:
            logger.exception("The dictionary of the search cannot be refreshed")
        finally:
            connections.close_all()
            self._background.release()

    def _refresh(self) -> Dictionary:
        started = self._clock()
        self._dictionary = self._load(self._dictionary or Dictionary())
        self._loaded = started
        return self._dictionary


def _log(error: Exception) -> None:
    logger.warning("The dictionary of the search cannot be refreshed: %s", str(error).strip().partition("\n")[0])


latest_dictionary = LatestDictionary()
