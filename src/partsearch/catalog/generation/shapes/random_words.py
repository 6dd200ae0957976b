"""Random numbers in bulk: the same on every machine and in every version of Python, and any block without those before.

A hash function with an endless output gives a block its numbers at once, and a table of items, each as often as it is
common, turns a number into an item without a comparison. Together they take a tenth of the time of ``random``.
"""

import sys
from array import array
from collections.abc import Sequence
from hashlib import shake_128
from itertools import accumulate
from typing import TypeVar

_Item = TypeVar("_Item")

BLOCK_PARTS = 100_000
"""The parts of a block."""

_WORD_BYTES = 4


def random_words(key: str, count: int) -> "array[int]":
    """Return ``count`` random numbers of 32 bits, which depend only on the key."""
    words = array("I")
    if words.itemsize != _WORD_BYTES:
        raise ArithmeticError("this platform has no integers of 32 bits")
    words.frombytes(shake_128(key.encode()).digest(count * _WORD_BYTES))
    if sys.byteorder == "big":
        words.byteswap()
    return words


def weighted_table(items: Sequence[_Item], weights: Sequence[float], size: int) -> list[_Item]:
    """Return ``size`` items in which each occurs as often as its weight says: a random index picks one of them."""
    ends = [round(total * size / sum(weights)) for total in accumulate(weights)]
    starts = [0, *ends[:-1]]
    return [item for item, start, end in zip(items, starts, ends, strict=True) for _ in range(end - start)]


def zipf_weights(count: int, shift: float) -> list[float]:
    """Return falling weights: a large shift makes the first ones less outstanding."""
    return [1 / (rank + shift) for rank in range(count)]
