"""How broad a search is, by the share of the parts that it matches."""

from typing import Any

BROAD, TYPICAL, SELECTIVE = "broad", "typical", "selective"
BREADTHS = (BROAD, TYPICAL, SELECTIVE)
_BROAD_SHARE, _TYPICAL_SHARE = 0.05, 0.001


def breadth_of(count: int, searches: dict[str, Any]) -> str:
    """Return the breadth of a search that finds ``count`` parts; ``searches`` include one that finds all."""
    share = count / max(max(found["count"] for found in searches.values()), 1)
    if share >= _BROAD_SHARE:
        return BROAD
    return TYPICAL if share >= _TYPICAL_SHARE else SELECTIVE
