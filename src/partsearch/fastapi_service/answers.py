"""Reads the whole answer to a search from the database."""

from functools import partial

from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.fastapi_service.database import ReadsStatements
from partsearch.fastapi_service.facets.facets import count_facets
from partsearch.fastapi_service.found_parts import find_parts, needs_snapshot, with_what_was_typed
from partsearch.fastapi_service.snapshot import Snapshot
from partsearch.totals.planner import preferred_planes


async def read_answer(
    database: ReadsStatements, search: Search, understood: Understood | None = None, client: str | None = None
) -> bytes:
    """Return the answer to ``search``: page, totals and facets are of one snapshot.

    Args:
        database: where the parts are.
        search: the search.
        understood: what its ``q`` means; None if it has none.
        client: the client whose share of the connections it counts for, or None for no client.

    Raises:
        ProblemError: as of ``Database.read``.
    """
    planes = preferred_planes(search, understood)
    if not search.facets and not needs_snapshot(search, planes):
        found = await find_parts(partial(database.read, client=client), search, understood, planes)
        return with_what_was_typed(found, search, understood).encode()

    async def together(snapshot: Snapshot) -> bytes:
        found = await find_parts(snapshot.read, search, understood, planes)
        answer = with_what_was_typed(found, search, understood).encode()
        if not search.facets:
            return answer
        return b'%b,"facets":%b}' % (answer[:-1], await count_facets(snapshot, search, understood))

    return await database.read_together(together, client)


def finds_nothing(answer: bytes) -> bool:
    """Return whether no part matches the search that was answered."""
    return answer.startswith(b'{"response":[],"count":0,')
