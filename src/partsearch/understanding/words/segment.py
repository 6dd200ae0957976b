"""Words that never change, in a few bytes each: by spelling, stem, skeleton and by what typos leave of them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from partsearch.understanding.stems import stem_words
from partsearch.understanding.transliteration import skeleton
from partsearch.understanding.words.hashes import Hashes, deletes, hash_near, hash_with_deletes, hash_word, hash_words
from partsearch.understanding.words.multimap import Multimap

_DELETES, _STEM, _SKELETON = 1, 2, 3
"""Salts: the kinds of keys in one multimap."""

_LONGEST, _SHORTEST = 24, 3
"""Words of other lengths are no corrections."""

_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ"
_LATIN = "abcdefghijklmnopqrstuvwxyz"


class Segment:
    """Some words and their stems, as entries with numbers in the order of their letters."""

    __slots__ = ("_ends", "_is_word", "_keys", "_text")

    def __init__(self, words: Iterable[str], *, with_stems: bool = True) -> None:
        """Build it from distinct words.

        Args:
            words: the words.
            with_stems: whether stems that are no words are entries too: they take half as much memory again.
        """
        words = sorted(words, key=_utf8)
        stems = dict.fromkeys(words, "")
        spelt = [word for word in words if word.isalpha()]
        stems.update(zip(spelt, stem_words(spelt), strict=True))
        known = set(words)
        entries = words
        if with_stems:
            entries = sorted(known.union(filter(None, stems.values())), key=_utf8)
        encoded = [entry.encode() for entry in entries]
        self._text = b"".join(encoded)
        self._ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded))).astype(np.uint32)
        self._is_word = np.fromiter((entry in known for entry in entries), np.bool_, len(entries))
        del encoded, known
        self._keys = _keys(entries, stems)

    def __len__(self) -> int:
        return int(self._is_word.sum())

    @property
    def size(self) -> int:
        """The bytes that it takes."""
        return len(self._text) + int(self._ends.nbytes + self._is_word.nbytes) + self._keys.size

    def words(self) -> Iterator[str]:
        """Yield the words in order."""
        return (self.entry(number) for number in np.flatnonzero(self._is_word).tolist())

    def entry(self, number: int) -> str:
        """Return a word or a stem."""
        start = int(self._ends[number - 1]) if number else 0
        return self._text[start : int(self._ends[number])].decode()

    def has(self, word: str) -> bool:
        """Return whether this is one of the words."""
        place = self._place(word)
        return place < len(self._ends) and self.entry(place) == word and bool(self._is_word[place])

    def starting_with(self, start: str, most: int) -> list[str]:
        """Return words that start so, in order, at most ``most``."""
        found: list[str] = []
        place = self._place(start)
        while place < len(self._ends) and len(found) < most:
            entry = self.entry(place)
            if not entry.startswith(start):
                break
            if self._is_word[place]:
                found.append(entry)
            place += 1
        return found

    def with_stem(self, stemmed: str) -> list[str]:
        """Return words that may have this stem, and perhaps a few others."""
        return self._words(self._keys.get(hash_word(stemmed, _STEM)))

    def with_skeleton(self, bare: str) -> list[str]:
        """Return words and stems that may have this skeleton, and perhaps a few others."""
        return [self.entry(number) for number in self._keys.get(hash_word(bare, _SKELETON))]

    def near(self, word: str, *, twice: bool) -> list[str]:
        """Return words and stems that differ from ``word`` by one typo, or by two, and perhaps a few others."""
        if twice:
            alphabet = _LATIN if word[0] in _LATIN else _CYRILLIC
            return [self.entry(number) for number in self._keys.get_all(hash_near(word, alphabet, _DELETES))]
        keys = [hash_word(shorter, _DELETES) for shorter in deletes(word)]
        return [self.entry(number) for number in {number for key in keys for number in self._keys.get(key)}]

    def _place(self, word: str) -> int:
        return bisect_left(range(len(self._ends)), word.encode(errors="replace"), key=self._bytes)

    def _bytes(self, number: int) -> bytes:
        start = int(self._ends[number - 1]) if number else 0
        return self._text[start : int(self._ends[number])]

    def _words(self, numbers: list[int]) -> list[str]:
        return [self.entry(number) for number in numbers if self._is_word[number]]


def _utf8(word: str) -> bytes:
    return word.encode()


def _keys(entries: list[str], stems: dict[str, str]) -> Multimap:
    """Return the entries by what they are found by."""
    hashes: list[Hashes] = []
    numbers: list[NDArray[np.uint32]] = []
    spelt = np.array(
        [number for number, entry in enumerate(entries) if entry.isalpha() and _SHORTEST <= len(entry) <= _LONGEST],
        np.uint32,
    )
    texts = [entries[number] for number in spelt.tolist()]
    for places, hashed in hash_with_deletes(texts, _DELETES):
        hashes.append(hashed)
        numbers.append(spelt[places])
    hashes.append(hash_words(list(map(skeleton, texts)), _SKELETON))
    numbers.append(spelt)
    stemmed = np.array([number for number, entry in enumerate(entries) if stems.get(entry)], np.uint32)
    hashes.append(hash_words([stems[entries[number]] for number in stemmed.tolist()], _STEM))
    numbers.append(stemmed)
    return Multimap(np.concatenate(hashes), np.concatenate(numbers))
