"""Words that never change, in a few bytes each: by spelling, stem, skeleton and by what typos leave of them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from partsearch.understanding.stems import stem_words
from partsearch.understanding.transliteration import skeleton
from partsearch.understanding.words.hashes import deletes, hash_near, hash_with_deletes, hash_word, hash_words
from partsearch.understanding.words.multimap import Multimap, MultimapBuilder
from partsearch.understanding.words.pace import SLICE, Pause, no_pause, slices

_DELETES, _STEM, _SKELETON = 1, 2, 3
"""Salts: the kinds of keys in one multimap. Each entry has its whole text among the deletes."""

_LONGEST, _SHORTEST = 24, 3
"""Words of other lengths are no corrections."""

_SORTED_AT_ONCE = 2_000
_HASHED_AT_ONCE = 2_000
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ"
_LATIN = "abcdefghijklmnopqrstuvwxyz"


class Segment:
    """Some words and their stems, as entries with numbers in the order of their letters."""

    __slots__ = ("_ends", "_is_word", "_keys", "_text")

    def __init__(self, words: Iterable[str], *, with_stems: bool = True, pause: Pause = no_pause) -> None:
        """Build it from distinct words.

        Args:
            words: the words.
            with_stems: whether stems that are no words are entries too: they take half as much memory again.
            pause: is called again and again.
        """
        entries = _in_order(list(words), pause)
        self._is_word = np.ones(len(entries), np.bool_)
        if with_stems:
            entries = self._with_stems(entries, pause)
        self._text, self._ends = _joined(entries, pause)
        self._keys = _keys(entries, self._is_word, pause)

    def _with_stems(self, words: list[str], pause: Pause) -> list[str]:
        """Return the words and their stems in order, and note which of them are words."""
        known = set(words)
        stems = {
            stemmed for _, some in slices(words, pause) for stemmed in _stems(some) if stemmed and stemmed not in known
        }
        if not stems:
            return words
        entries = _in_order([*words, *stems], pause)
        self._is_word = np.fromiter((entry not in stems for entry in entries), np.bool_, len(entries))
        return entries

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
        return self._bytes(number).decode()

    def has(self, word: str) -> bool:
        """Return whether this is one of the words."""
        place = self._place(word)
        return place < len(self._ends) and self.entry(place) == word and bool(self._is_word[place])

    def known(self, words: Sequence[str]) -> set[str]:
        """Return those of many words that are among its own."""
        which, numbers = self._keys.pairs(hash_words(words, _DELETES))
        found = zip(which.tolist(), numbers.tolist(), strict=True)
        return {words[place] for place, number in found if self._is_word[number] and self.entry(number) == words[place]}

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
            return self._correctable(self._keys.get_all(hash_near(word, alphabet, _DELETES)))
        keys = [hash_word(shorter, _DELETES) for shorter in deletes(word)]
        return self._correctable({number for key in keys for number in self._keys.get(key)})

    def _correctable(self, numbers: Iterable[int]) -> list[str]:
        return [entry for entry in map(self.entry, numbers) if _is_correctable(entry)]

    def _place(self, word: str) -> int:
        return bisect_left(range(len(self._ends)), word.encode(errors="replace"), key=self._bytes)

    def _bytes(self, number: int) -> bytes:
        start = int(self._ends[number - 1]) if number else 0
        return self._text[start : int(self._ends[number])]

    def _words(self, numbers: list[int]) -> list[str]:
        return [self.entry(number) for number in numbers if self._is_word[number]]


def _is_correctable(entry: str) -> bool:
    """Return whether a typed word may be corrected to this entry."""
    return _SHORTEST <= len(entry) <= _LONGEST and entry.isalpha()


def _in_order(words: list[str], pause: Pause) -> list[str]:
    """Return the words in the order of their letters, which is that of their bytes in UTF-8.

    They are sorted in pieces: no other thread runs while Python sorts a list.
    """
    if len(words) <= _SORTED_AT_ONCE:
        return sorted(words)
    pieces = [sorted(some) for _, some in slices(words, pause, _SORTED_AT_ONCE)]
    words.clear()
    merged = merge(*pieces)
    found: list[str] = []
    while some := list(islice(merged, SLICE)):
        found += some
        pause()
    return found


def _joined(entries: list[str], pause: Pause) -> tuple[bytes, NDArray[np.uint32]]:
    """Return the text of all entries, and where each of them ends."""
    text = bytearray()
    lengths = np.empty(len(entries), np.uint32)
    for start, some in slices(entries, pause):
        encoded = [entry.encode() for entry in some]
        lengths[start : start + len(some)] = [len(entry) for entry in encoded]
        text += b"".join(encoded)
    return bytes(text), np.cumsum(lengths, dtype=np.uint32)


def _stems(words: Sequence[str]) -> list[str]:
    """Return the stems of words; an empty one for a word with other signs than letters."""
    stems = iter(stem_words([word for word in words if word.isalpha()]))
    return [next(stems) if word.isalpha() else "" for word in words]


def _keys(entries: list[str], is_word: NDArray[np.bool_], pause: Pause) -> Multimap:
    """Return the entries by what they are found by."""
    capacity = 0
    for _, some in slices(entries, pause):
        capacity += sum(len(entry) + 3 if _is_correctable(entry) else 2 for entry in some)
    keys = MultimapBuilder(capacity, len(entries))
    for start, some in slices(entries, pause, _HASHED_AT_ONCE):
        _add_spellings(keys, start, some, pause)
    for start, some in slices(entries, pause):
        stemmed = [stem if is_word[start + place] else "" for place, stem in enumerate(_stems(some))]
        having = np.flatnonzero(np.array([bool(stem) for stem in stemmed], np.bool_))
        keys.add(hash_words([stemmed[place] for place in having.tolist()], _STEM), _numbers(start, having))
    return keys.build()


def _add_spellings(keys: MultimapBuilder, start: int, entries: Sequence[str], pause: Pause) -> None:
    """Add the skeletons of entries, what typos leave of them, and the whole texts of the others."""
    correctable = np.array([_is_correctable(entry) for entry in entries], np.bool_)
    others = np.flatnonzero(~correctable)
    keys.add(hash_words([entries[place] for place in others.tolist()], _DELETES), _numbers(start, others))
    spelt = np.flatnonzero(correctable)
    texts = [entries[place] for place in spelt.tolist()]
    pause()
    for places, hashed in hash_with_deletes(texts, _DELETES):
        keys.add(hashed, _numbers(start, spelt[places]))
        pause()
    bare: list[str] = []
    for _, some in slices(texts, pause):
        bare += map(skeleton, some)
    keys.add(hash_words(bare, _SKELETON), _numbers(start, spelt))


def _numbers(start: int, places: NDArray[np.int64]) -> NDArray[np.uint64]:
    return (places + start).astype(np.uint64)
