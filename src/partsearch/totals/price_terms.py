"""The keys of the planes that a bound of the price needs.

The planes hold the decimal digits of the price in kopecks, so a bound that people type, which ends in zeros, needs few.
``>=2e5`` is "the price is at least 2 * 10^5", ``5>=2`` is "the digit of 10^5 is at least 2", ``5-`` "a digit below that
of 10^5 is not 0".
"""

from functools import lru_cache

_HIGHEST = 11
_BOUNDS_KEPT = 4096

ALL_DIGITS = 4 * (_HIGHEST + 1) - 1
"""The last key of the digits: a digit has four, in the order of the digits, for its bits worth 1, 2, 4 and 8."""

Conditions = tuple[tuple[str, ...], ...]
"""Conditions that hold together: each lists the keys of which a price must have one."""


@lru_cache(_BOUNDS_KEPT)
def at_least(kopecks: int) -> Conditions:
    """Return the conditions that hold exactly for prices of at least ``kopecks``.

    A price is at least the bound if no digit is lower than that of the bound, unless one above it is higher.
    """
    digits = _digits(kopecks)
    return tuple((_digit_key(digits, place), *_higher(digits, place)) for place in range(len(digits)) if digits[place])


@lru_cache(_BOUNDS_KEPT)
def more_than(kopecks: int) -> Conditions:
    """Return the conditions that hold exactly for prices over ``kopecks``."""
    if not kopecks:
        return at_least(1)
    digits = _digits(kopecks)
    last = next(place for place in range(len(digits)) if digits[place])
    over = (*_higher(digits, last - 1), *([f"{last}-"] if last else []))
    return *at_least(kopecks), over


def nearest_keys(kopecks: int) -> tuple[str, str, float]:
    """Return the key of the last bound up to ``kopecks``, that of the next bound, and how far it is on the way to that.

    Args:
        kopecks: at least 1. No price has the key after ``>=9e11``.
    """
    digits = str(kopecks)
    place, first = len(digits) - 1, int(digits[0])
    following = f">={first + 1}e{place}" if first < 9 else f">=1e{place + 1}"
    return f">={first}e{place}", following, kopecks / 10**place - first


def last_digit_key(kopecks: int) -> int:
    """Return the last key of the digits that a price up to ``kopecks`` may have, -1 if there is none."""
    return 4 * (len(str(kopecks)) - 1) + int(str(kopecks)[0]).bit_length() - 1


def _digits(kopecks: int) -> list[int]:
    return [int(digit) for digit in reversed(str(kopecks))]


def _digit_key(digits: list[int], place: int) -> str:
    """Return the key of prices whose digit in this place is not lower; in the first place, of prices that are not."""
    is_first = place == len(digits) - 1
    return f">={digits[place]}e{place}" if is_first else f"{place}>={digits[place]}"


def _higher(digits: list[int], place: int) -> list[str]:
    """Return the keys of prices that have a higher digit than the bound in some place above ``place``."""
    *others, first = digits
    keys = [f"{above}>={digits[above] + 1}" for above in range(place + 1, len(others)) if digits[above] < 9]
    if place < len(others):
        keys += [f">={first + 1}e{len(others)}"] if first < 9 else [f">=1e{len(digits)}"][: len(digits) <= _HIGHEST]
    return keys
