"""All words of a catalog: segments, of which new words make another small one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz.distance import OSA

from partsearch.system.unused_memory import release_unused_memory
from partsearch.understanding.stems import stem
from partsearch.understanding.transliteration import skeletons
from partsearch.understanding.words.pace import Pause, no_pause, slices
from partsearch.understanding.words.segment import Segment

_ONE_TYPO_FROM, _TWO_TYPOS_FROM = 4, 7
"""The shortest words that may have one typo, and two."""

_LONGEST_WITH_TWO = 14
_MERGED_FROM = 3
"""A segment is merged with the next one unless it has so many times as many words."""


LARGEST_SEGMENT = 250_000
"""Segments are merged to so many words at most: building a segment takes more than twice its memory."""

_MOST_WITH_STEMS = 300_000
"""In a larger catalog stems that are no words are not compared with typed words."""


_MANY = 10_000
"""After so many words the memory that building their segment has used is given back to the system."""

_COMPARED_AT_ONCE = 2_000


class Near(NamedTuple):
    """A word or a stem that is like a typed word.

    Attributes:
        typos: by how many typos they differ.
        text: the word or the stem.
        is_stem: the stem of the typed word was compared.
    """

    typos: int
    text: str
    is_stem: bool


@dataclass(frozen=True, slots=True)
class WordIndex:
    """The words. Adding some takes time for those alone, and now and then for those of small segments."""

    segments: tuple[Segment, ...] = ()

    def with_words(self, words: Iterable[str], pause: Pause = no_pause) -> "WordIndex":
        """Return the index with these words too.

        Args:
            words: the words.
            pause: is called again and again while this takes long.
        """
        new = self.unknown(words, pause)
        if not new:
            return self
        kept = list(self.segments)
        while kept and len(kept[-1]) < min(_MERGED_FROM * len(new), LARGEST_SEGMENT - len(new)):
            new.update(kept.pop().words())
        with_stems = sum(map(len, kept)) + len(new) <= _MOST_WITH_STEMS
        number = len(new)
        index = WordIndex((*kept, Segment(new, with_stems=with_stems, pause=pause)))
        if number >= _MANY:
            del new
            release_unused_memory()
        return index

    def unknown(self, words: Iterable[str], pause: Pause = no_pause) -> set[str]:
        """Return those of the words that it does not have."""
        new = set(words)
        for segment in self.segments:
            for _, some in slices(list(new), pause, _COMPARED_AT_ONCE):
                new -= segment.known(some)
        return new

    @property
    def size(self) -> int:
        """The bytes that it takes."""
        return sum(segment.size for segment in self.segments)

    def words(self) -> Iterator[str]:
        """Yield all words."""
        for segment in self.segments:
            yield from segment.words()

    def has(self, word: str) -> bool:
        """Return whether this is one of the words."""
        return any(segment.has(word) for segment in self.segments)

    def starting_with(self, start: str, most: int) -> list[str]:
        """Return words that start so: at most about ``most``."""
        return [word for segment in self.segments for word in segment.starting_with(start, most)]

    def with_stem(self, stemmed: str) -> list[str]:
        """Return the words with this stem."""
        found = (word for segment in self.segments for word in segment.with_stem(stemmed))
        return sorted({word for word in found if stem(word) == stemmed})

    def with_skeletons(self, bare: Iterable[str]) -> list[str]:
        """Return the words and stems that have one of these skeletons."""
        wanted = set(bare)
        found = (entry for each in wanted for segment in self.segments for entry in segment.with_skeleton(each))
        return sorted({entry for entry in found if not wanted.isdisjoint(skeletons(entry))})

    def near(self, word: str, *, twice: bool = True) -> list[Near]:
        """Return words and stems that differ from a word or from its stem by one typo; if there are none, by two.

        Args:
            word: a typed word.
            twice: whether two typos are looked for: that takes milliseconds.
        """
        sought = [(word, False)]
        if (stemmed := stem(word)) != word:
            sought.append((stemmed, True))
        if once := self._near(sought, 1):
            return once
        return self._near(sought, 2) if twice else []

    def _near(self, sought: list[tuple[str, bool]], typos: int) -> list[Near]:
        shortest = _ONE_TYPO_FROM if typos == 1 else _TWO_TYPOS_FROM
        found: list[Near] = []
        for text, is_stem in sought:
            if not shortest <= len(text) or (typos > 1 and len(text) > _LONGEST_WITH_TWO):
                continue
            for segment in self.segments:
                for entry in segment.near(text, twice=typos > 1):
                    distance = OSA.distance(text, entry, score_cutoff=typos)
                    if 0 < distance <= typos:
                        found.append(Near(distance, entry, is_stem))
        return found
