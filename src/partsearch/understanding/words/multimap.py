"""Many numbers by hash, in about five bytes each: what a key has is found by the first bits of its hash."""

import numpy as np
from numpy.typing import NDArray

from partsearch.understanding.words.hashes import Hashes

_MOST_BITS = 22
_FEWEST_BITS = 4
_BITS_OF_A_BUCKET = 3
"""A bucket has two to the power of so many numbers or a few less."""

_BITS_OF_A_CELL = 32


class MultimapBuilder:
    """Collects hashes with their numbers, in eight bytes each.

    Args:
        capacity: how many there are at most.
        numbers: how many different numbers there are: they are less than this.
    """

    def __init__(self, capacity: int, numbers: int) -> None:
        self._number_bits = max(1, (numbers - 1).bit_length())
        self._tag_bits = _BITS_OF_A_CELL - self._number_bits
        self._bits = max(_FEWEST_BITS, min(_MOST_BITS, capacity.bit_length() - _BITS_OF_A_BUCKET))
        self._keys = np.empty(capacity, np.uint64)
        self._count = 0

    def add(self, hashes: Hashes, numbers: NDArray[np.uint64]) -> None:
        """Add hashes, and the number of each."""
        shift = np.uint64(64 - self._bits - self._tag_bits)
        end = self._count + len(hashes)
        self._keys[self._count : end] = ((hashes >> shift) << np.uint64(self._number_bits)) | numbers
        self._count = end

    def build(self) -> "Multimap":
        """Return the numbers by hash. Nothing can be added after that."""
        keys, self._keys = self._keys[: self._count], np.empty(0, np.uint64)
        keys.sort()
        buckets = np.arange((1 << self._bits) + 1, dtype=np.uint64) << np.uint64(_BITS_OF_A_CELL)
        starts = np.searchsorted(keys, buckets).astype(np.uint32)
        return Multimap(self._bits, self._number_bits, starts, keys.astype(np.uint32))


class Multimap:
    """Numbers by hash. A lookup may also give a few numbers of other keys: the caller compares the words."""

    __slots__ = ("_bits", "_cells", "_number_bits", "_starts", "_tag_bits")

    def __init__(self, bits: int, number_bits: int, starts: NDArray[np.uint32], cells: NDArray[np.uint32]) -> None:
        """Take what ``MultimapBuilder`` has built.

        Args:
            bits: how many bits of a hash say its bucket.
            number_bits: how many bits of a cell are the number; the others are the next bits of the hash.
            starts: where the cells of each bucket start.
            cells: the numbers, ordered by the hashes.
        """
        self._bits = bits
        self._number_bits = number_bits
        self._tag_bits = _BITS_OF_A_CELL - number_bits
        self._starts = starts
        self._cells = cells

    def get(self, hashed: int) -> list[int]:
        """Return the numbers of a key."""
        bucket = hashed >> (64 - self._bits)
        start, end = int(self._starts[bucket]), int(self._starts[bucket + 1])
        if start == end:
            return []
        tag = hashed >> (64 - self._bits - self._tag_bits) & ((1 << self._tag_bits) - 1)
        least = tag << self._number_bits
        cells: list[int] = self._cells[start:end].tolist()
        most = least + (1 << self._number_bits)
        return [cell - least for cell in cells if least <= cell < most]

    def get_all(self, hashes: Hashes) -> list[int]:
        """Return the numbers of all keys, each once."""
        found: list[int] = np.unique(self.pairs(hashes)[1]).tolist()
        return found

    def pairs(self, hashes: Hashes) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """Return the place of a key among ``hashes``, and one of its numbers, for each number of each key."""
        buckets = (hashes >> np.uint64(64 - self._bits)).astype(np.int64)
        starts = self._starts[buckets].astype(np.int64)
        counts = self._starts[buckets + 1] - starts
        which = np.repeat(np.arange(len(hashes)), counts)
        places = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + starts[which]
        cells = self._cells[places]
        shift = np.uint64(64 - self._bits - self._tag_bits)
        tags = (hashes >> shift).astype(np.uint32) & np.uint32((1 << self._tag_bits) - 1)
        same = (cells >> np.uint32(self._number_bits)) == tags[which]
        return which[same], cells[same] & np.uint32((1 << self._number_bits) - 1)

    @property
    def size(self) -> int:
        """The bytes that it takes."""
        return int(self._starts.nbytes + self._cells.nbytes)
