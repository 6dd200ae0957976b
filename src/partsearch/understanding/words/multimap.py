"""Many numbers by hash, in six bytes each or less: what a key has is found by the first bits of its hash."""

import numpy as np
from numpy.typing import NDArray

from partsearch.understanding.words.hashes import Hashes

_MOST_BITS = 22
_FEWEST_BITS = 4
_TAG_BITS = np.uint64(8)


class Multimap:
    """Numbers by hash. A lookup may also give a few numbers of other keys: the caller compares the words."""

    __slots__ = ("_bits", "_starts", "_tags", "_values")

    def __init__(self, hashes: Hashes, values: NDArray[np.uint32]) -> None:
        """Build it.

        Args:
            hashes: the hashes of the keys.
            values: the number of each.
        """
        bits = max(_FEWEST_BITS, min(_MOST_BITS, len(hashes).bit_length() - 1))
        self._bits = np.uint64(bits)
        short = (hashes >> (np.uint64(64) - self._bits - _TAG_BITS)).astype(np.uint32)
        order = np.argsort(short)
        short = short[order]
        self._values = values[order]
        self._tags = (short & 0xFF).astype(np.uint8)
        counts = np.bincount(short >> 8, minlength=1 << bits)
        self._starts = np.zeros((1 << bits) + 1, np.uint32)
        np.cumsum(counts, out=self._starts[1:])

    def get(self, hashed: int) -> list[int]:
        """Return the numbers of a key."""
        short = hashed >> (64 - int(self._bits) - 8)
        start, end = int(self._starts[short >> 8]), int(self._starts[(short >> 8) + 1])
        if start == end:
            return []
        same = self._tags[start:end] == (short & 0xFF)
        found: list[int] = self._values[start:end][same].tolist()
        return found

    def get_all(self, hashes: Hashes) -> list[int]:
        """Return the numbers of all keys, each once."""
        short = hashes >> (np.uint64(64) - self._bits - _TAG_BITS)
        buckets = (short >> _TAG_BITS).astype(np.int64)
        starts = self._starts[buckets].astype(np.int64)
        counts = self._starts[buckets + 1] - starts
        which = np.repeat(np.arange(len(hashes)), counts)
        places = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + starts[which]
        same = self._tags[places] == (short[which] & np.uint64(0xFF)).astype(np.uint8)
        found: list[int] = np.unique(self._values[places[same]]).tolist()
        return found

    @property
    def size(self) -> int:
        """The bytes that it takes."""
        return int(self._starts.nbytes + self._tags.nbytes + self._values.nbytes)
