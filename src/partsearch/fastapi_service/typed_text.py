"""What the field ``q`` of a search means, by the dictionary that this process keeps of the catalog."""

import asyncio
from concurrent.futures import Future

import orjson

from partsearch.contract.search import Search
from partsearch.contract.understood import Understood
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.database import ReadsStatements
from partsearch.understanding import COUNTED, understand
from partsearch.understanding.dictionary import Dictionary
from partsearch.understanding.keeper import DictionaryKeeper


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
        texts = query.texts_to_check
        if not texts:
            return query.resolve({})
        counts = orjson.loads(await self._database.read(composer.count_texts(texts, COUNTED), client))
        return query.resolve(dict(zip(texts, counts, strict=True)))

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
