"""What the field ``q`` of a search means, by the dictionary that this process keeps of the catalog.

The dictionary is read at the first search with ``q``. While people search it is refreshed in the background, and before
a search if it is old. While nobody does, nothing is asked of the database.
"""

import asyncio
import logging
import time
from collections.abc import Mapping

import orjson

from partsearch.catalog.vehicle_names.known_rows import AliasRow, known_vehicles
from partsearch.contract.errors import ProblemError
from partsearch.contract.search import Search
from partsearch.contract.understood import Understood
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.database import ReadsStatements
from partsearch.totals.statistics import latest_statistics
from partsearch.understanding import COUNTED, understand
from partsearch.understanding.dictionary import Dictionary
from partsearch.understanding.rows import SynonymRow

logger = logging.getLogger(__name__)

_OLD_SECONDS = 2.0
"""A dictionary that is older is refreshed after the search."""
_TOO_OLD_SECONDS = 10.0
"""One that is older is refreshed before it."""
_BATCH_WORDS = 50_000
_NO_SHARES: Mapping[str, float] = {}


class TypedTexts:
    """Understands the texts of searches.

    Args:
        database: where the catalog is.
    """

    def __init__(self, database: ReadsStatements) -> None:
        self._database = database
        self._dictionary = Dictionary()
        self._names = ""
        self._shares: Mapping[str, float] | None = None
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def understood(self, search: Search, client: str | None = None) -> Understood | None:
        """Return what ``q`` of the search means, or None if it has none.

        Args:
            search: the search.
            client: the client whose share of the connections it counts for, or None for no client.

        Raises:
            ProblemError: as of ``Database.read``.
        """
        if search.q is None:
            return None
        query = understand(search.q, await self.dictionary())
        texts = query.texts_to_check
        if not texts:
            return query.resolve({})
        counts = orjson.loads(await self._database.read(composer.count_texts(texts, COUNTED), client))
        return query.resolve(dict(zip(texts, counts, strict=True)))

    async def dictionary(self) -> Dictionary:
        """Return the words of the catalog, which are at most ten seconds old if the database answers."""
        age = time.monotonic() - self._read_at
        if age > _TOO_OLD_SECONDS:
            await self._refresh_if_older(_TOO_OLD_SECONDS)
        elif age > _OLD_SECONDS and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = asyncio.create_task(self._refresh_if_older(_OLD_SECONDS))
        return self._dictionary

    async def refresh(self) -> None:
        """Read the words that are new, unless that was done a moment ago or the database is out of reach."""
        if self._read_at != float("-inf"):
            await self._refresh_if_older(_OLD_SECONDS)

    def stop(self) -> None:
        """End a refresh that runs."""
        if self._refreshing is not None:
            self._refreshing.cancel()

    async def _refresh_if_older(self, seconds: float) -> None:
        async with self._reading:
            if time.monotonic() - self._read_at <= seconds:
                return
            is_first = self._read_at == float("-inf")
            try:
                started = time.monotonic()
                await self._read()
                self._read_at = started
            except ProblemError:
                if is_first:
                    raise
                logger.warning("The dictionary cannot be refreshed", exc_info=True)
            except Exception:
                logger.exception("The dictionary cannot be refreshed")
                if is_first:
                    raise

    async def _read(self) -> None:
        dictionary = self._dictionary
        while True:
            words = orjson.loads(await self._database.read(composer.new_words(dictionary.last_key, _BATCH_WORDS)))
            if not words:
                break
            dictionary = await asyncio.to_thread(dictionary.with_words, [(key, word) for key, word in words])
            if len(words) < _BATCH_WORDS:
                break
        names = await self._database.read(composer.known_names())
        shares = (
            latest_statistics.value.shares.get("word", _NO_SHARES)
            if latest_statistics.value is not None
            else _NO_SHARES
        )
        if names != self._names or shares is not self._shares:
            dictionary = await asyncio.to_thread(_with_names, dictionary, names, shares)
        self._dictionary, self._names, self._shares = dictionary, names, shares


def _with_names(dictionary: Dictionary, names: str, shares: Mapping[str, float]) -> Dictionary:
    known = orjson.loads(names)
    marks, models = known_vehicles(known["marks"], known["models"], [AliasRow(*row) for row in known["aliases"]])
    synonyms = [
        SynonymRow(written, kind, tuple(meanings), params) for written, kind, meanings, params in known["synonyms"]
    ]
    return dictionary.with_tables(marks, models, synonyms, shares)
