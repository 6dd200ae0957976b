"""The keys of the planes that a bound of the price needs.

The planes hold the decimal digits of the price in kopecks, so a bound that people type, which ends in zeros, needs few.
``5>=2`` is "the digit of 10^5 is at least 2", ``5+`` "a digit above that of 10^5 is not 0", ``5-`` "one below it".
"""

from functools import lru_cache

_HIGHEST = 11
_BOUNDS_KEPT = 4096

Conditions = tuple[tuple[str, ...], ...]
"""Conditions that hold together: each lists the keys of which a price must have one."""


@lru_cache(_BOUNDS_KEPT)
def at_least(kopecks: int) -> Conditions:
    """Return the conditions that hold exactly for prices of at least ``kopecks``.

    A price is at least the bound if no digit is lower than that of the bound, unless one above it is higher.
    """
    digits = _digits(kopecks)
    return tuple(
        (f"{place}>={digits[place]}", *_higher(digits, place)) for place in range(_HIGHEST + 1) if digits[place]
    )


@lru_cache(_BOUNDS_KEPT)
def more_than(kopecks: int) -> Conditions:
    """Return the conditions that hold exactly for prices over ``kopecks``."""
    digits = _digits(kopecks)
    last = next((place for place in range(_HIGHEST + 1) if digits[place]), 0)
    over = (*_higher(digits, last - 1), *([f"{last}-"] if last else []))
    return *at_least(kopecks), over


def _digits(kopecks: int) -> list[int]:
    return [kopecks // 10**place % 10 for place in range(_HIGHEST + 1)]


def _higher(digits: list[int], place: int) -> list[str]:
    """Return the keys of prices that have a higher digit than the bound in some place above ``place``."""
    first = max((position for position in range(_HIGHEST + 1) if digits[position]), default=0)
    first = max(first, place)
    keys = [f"{above}>={digits[above] + 1}" for above in range(place + 1, first + 1) if digits[above] < 9]
    return keys + ([f"{first}+"] if first < _HIGHEST else [])
