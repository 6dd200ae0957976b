"""What the field ``q`` of a search means, by the dictionary that this process keeps of the catalog."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future

import orjson

from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.database import ReadsStatements
from partsearch.understanding import COUNTED, understand
from partsearch.understanding.dictionary import Dictionary
from partsearch.understanding.keeper import DictionaryKeeper
from partsearch.understanding.short_texts import known_counts, pieces_to_count


class TypedTexts:
    """Understands the texts of searches.

    Args:
        database: where the texts are counted.
        keeper: keeps the dictionary.
    """

    def __init__(self, database: ReadsStatements, keeper: DictionaryKeeper) -> None:
        self._database = database
        self._keeper = keeper

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
        return query.resolve(await self._counts(query.texts_to_check, client))

    async def _counts(self, texts: Sequence[str], client: str | None) -> dict[str, int]:
        """Return how many shown parts have a name that contains each of the texts, counted up to ``COUNTED``."""
        known: dict[str, int] = {}
        if pieces := pieces_to_count(texts):
            found = await self._database.read(composer.count_pieces(pieces, COUNTED), client)
            if found is not None:
                known = known_counts(texts, dict(zip(pieces, orjson.loads(found), strict=True)))
        rest = [text for text in texts if text not in known]
        if rest:
            counts = orjson.loads(await self._database.read(composer.count_texts(rest, COUNTED), client))
            known |= zip(rest, counts, strict=True)
        return known

    async def dictionary(self) -> Dictionary:
        """Return the words of the catalog, which are at most ten seconds old if the database answers."""
        latest = self._keeper.latest()
        return await _awaited(latest) if isinstance(latest, Future) else latest

    async def refresh(self) -> None:
        """Read what is new."""
        await _awaited(self._keeper.refreshed())

    @property
    def known(self) -> Dictionary:
        """The dictionary as far as it is known: it changes with what is read, and is complete after the first build."""
        return self._keeper.known


async def _awaited(future: "Future[Dictionary]") -> Dictionary:
    """Return the result. A search that is cancelled does not cancel it, for others wait for it too."""
    return await asyncio.shield(asyncio.wrap_future(future))
