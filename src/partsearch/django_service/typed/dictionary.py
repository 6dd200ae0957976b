"""The dictionary of this process: the words of the catalog, as they were a few seconds ago."""

from collections.abc import Mapping, Sequence, Set
from concurrent.futures import Future
from functools import partial

from django.db import connections

from partsearch.django_service.database.reader import primary, read
from partsearch.django_service.database.waits import database_waits
from partsearch.django_service.typed.locks import largest_key, running_writers
from partsearch.django_service.typed.rows import active_synonyms, new_words, shown_vehicles, version
from partsearch.totals.statistics import latest_statistics
from partsearch.understanding.dictionary import Dictionary
from partsearch.understanding.keeper import DictionaryKeeper, Tables

_NO_SHARES: Mapping[str, float] = {}


class DictionarySource:
    """Reads the rows of the dictionary."""

    def tables(self, known: str) -> Tables | None:
        """Return the marks, models and synonyms; None if they are those of the version ``known``."""
        latest = read(version)
        if latest == known:
            return None
        marks, models = read(shown_vehicles)
        return Tables(latest, marks, models, read(active_synonyms))

    def running(self) -> tuple[int, Set[str]]:
        """Return the largest key, and then the transactions that may have taken keys and are not over."""
        largest = primary().read(largest_key)
        return largest, primary().read(running_writers)

    def words(self, last_key: int, most: int) -> Sequence[tuple[int, str]]:
        """Return the first words after ``last_key`` with their keys."""
        return primary().read(partial(new_words, last_key, most))

    def shares(self) -> Mapping[str, float]:
        """Return the shares of frequent words and pairs of words."""
        latest = latest_statistics.value
        return _NO_SHARES if latest is None else latest.name_shares

    def close(self) -> None:
        """Close the connections of the thread."""
        connections.close_all()


dictionary_keeper = DictionaryKeeper(DictionarySource())


def current_dictionary() -> Dictionary:
    """Return the words of the catalog, which are at most ten seconds old if the database answers.

    Raises:
        ProblemError: 503, nothing is known yet, and the database is out of reach.
    """
    latest = dictionary_keeper.latest()
    if not isinstance(latest, Future):
        return latest
    with database_waits.counted():
        return latest.result()
