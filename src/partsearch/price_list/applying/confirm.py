"""Stops an import that changes much more than an issue of a list usually does, until a person confirms it."""

from collections.abc import Iterator

from partsearch.price_list.applying.compare import Comparison
from partsearch.price_list.errors import ConfirmationNeededError

_GONE_AT_MOST = 0.5
_LEAPS_AT_MOST = 0.1


def alarms(comparison: Comparison) -> Iterator[str]:
    """Yield what looks like a mistake, with its figures."""
    gone, shown = comparison.changes.gone, comparison.shown_before
    if gone > shown * _GONE_AT_MOST:
        yield f"The list lacks {gone:,} of the {shown:,} parts that the source has on sale, and would hide them."
    if comparison.leaps > comparison.matched * _LEAPS_AT_MOST:
        yield f"The prices of {comparison.leaps:,} of {comparison.matched:,} known parts move tenfold or more."


def require_confirmation(comparison: Comparison, *, is_confirmed: bool) -> None:
    """Raise ConfirmationNeededError if something looks like a mistake, unless a person has confirmed it."""
    found = list(alarms(comparison))
    if found and not is_confirmed:
        raise ConfirmationNeededError(
            f"{' '.join(found)} Nothing was changed.", "Look at it with --dry-run; if it is right, add --yes."
        )
