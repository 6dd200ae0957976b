"""The searches of this process that found nothing are kept for the admin."""

from functools import cache

from partsearch.contract.request.search import Search
from partsearch.database.address.configured import database_address
from partsearch.database.missed_searches import MissedSearches


@cache
def missed_searches() -> MissedSearches:
    """Return what keeps the missed searches of this process."""
    return MissedSearches(database_address())


def notice_count(search: Search, count: int) -> None:
    """Note how many parts ``search`` has found. A ``q`` that finds nothing by itself is kept; it waits for nothing."""
    if search.q is None or not search.has_q_alone or count:
        return
    # Its models need the settings of Django, and this module is imported before they are loaded.
    from partsearch.django_service.typed.dictionary import dictionary_keeper

    if dictionary_keeper.known.is_complete:
        missed_searches().record(search.q)
