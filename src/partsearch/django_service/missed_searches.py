"""The searches of this process that found nothing are kept for the admin."""

from functools import cache

from partsearch.contract.search import Search
from partsearch.database.address.configured import database_address
from partsearch.database.missed_searches import MissedSearches


@cache
def missed_searches() -> MissedSearches:
    """Return what keeps the missed searches of this process."""
    return MissedSearches(database_address())


def notice_count(search: Search, count: int) -> None:
    """Note how many parts ``search`` has found. A ``q`` that finds nothing by itself is kept; it waits for nothing."""
    if search.q is not None and search.has_q_alone and not count:
        missed_searches().record(search.q)
