"""The rows of the dictionary, as the thread reads them that keeps it: the event loop runs the statements."""

import asyncio
from collections.abc import Mapping, Sequence, Set
from typing import Any

import orjson

from partsearch.catalog.vehicle_names.known_rows import AliasRow, known_vehicles
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.database import ReadsStatements
from partsearch.totals.statistics import latest_statistics
from partsearch.understanding.keeper import Tables
from partsearch.understanding.rows import SynonymRow

_NO_SHARES: Mapping[str, float] = {}


class DictionarySource:
    """Reads the rows.

    Args:
        database: answers searches.
        primary: knows which transactions are running; a replica does not.
    """

    def __init__(self, database: ReadsStatements, primary: ReadsStatements) -> None:
        self._database = database
        self._primary = primary
        self._loop = asyncio.get_running_loop()

    def tables(self, version: str) -> Tables | None:
        """Return the marks, models and synonyms; None if they are those of ``version``."""
        text = self._read(self._database, composer.known_names(version))
        if text is None:
            return None
        known = orjson.loads(text)
        marks, models = known_vehicles(known["marks"], known["models"], [AliasRow(*row) for row in known["aliases"]])
        synonyms = [
            SynonymRow(written, kind, tuple(meanings), params) for written, kind, meanings, params in known["synonyms"]
        ]
        return Tables(known["version"], marks, models, synonyms)

    def running(self) -> tuple[int, Set[str]]:
        """Return the largest key, and the transactions that may have taken keys and are not over."""
        largest, running = orjson.loads(self._read(self._primary, composer.running_writers()))
        return largest, frozenset(running)

    def words(self, last_key: int, most: int) -> Sequence[tuple[int, str]]:
        """Return the first words after ``last_key`` with their keys."""
        rows = orjson.loads(self._read(self._primary, composer.new_words(last_key, most)))
        return [(key, word) for key, word in rows]

    def shares(self) -> Mapping[str, float]:
        """Return the shares of frequent words and pairs of words."""
        latest = latest_statistics.value
        return _NO_SHARES if latest is None else latest.name_shares

    def close(self) -> None:
        """Do nothing: the connections are those of the searches."""

    def _read(self, database: ReadsStatements, statement: composer.Statement) -> Any:
        return asyncio.run_coroutine_threadsafe(database.read(statement), self._loop).result()
