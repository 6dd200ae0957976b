"""The folding of the totals by this process: its views say when somebody searches."""

from functools import cache

from partsearch.totals.folding import Folding, site_folding


@cache
def folding() -> Folding:
    """Return the folding of this process."""
    return site_folding()
