"""The words of a catalog that ``understand`` knows: of names, marks, models, synonyms. A value that never changes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from partsearch.understanding.rows import SynonymRow, VehicleRow
from partsearch.understanding.stems import load_language
from partsearch.understanding.synonyms import SynonymIndex
from partsearch.understanding.vehicles import VehicleIndex
from partsearch.understanding.words.index import LARGEST_SEGMENT, WordIndex

__all__ = ["Dictionary", "SynonymRow", "VehicleRow"]

_PIECES = re.compile(r"[^\W_]+")
_ENDS = re.compile(r"^[\W_]+|[\W_]+$")
_LONGEST = 60
"""Longer words are no words of a language; they are found as typed."""

_SHORTEST_SPELT = 3


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The words of a catalog.

    Attributes:
        last_key: the largest id of ``totals_key`` that its words come from; ``with_words`` adds those after it.
        shares: about which share of the parts has each frequent word.
        words: the words of names, without the signs around and between them.
        vehicles: the marks and models.
        synonym_index: the rows of the table ``synonym``.
        spelt: the words that people type and that need not be in a name: of vehicles and synonyms.
    """

    last_key: int = 0
    shares: Mapping[str, float] = field(default_factory=dict)
    words: WordIndex = field(default_factory=WordIndex)
    vehicles: VehicleIndex = field(default_factory=VehicleIndex)
    synonym_index: SynonymIndex = field(default_factory=SynonymIndex)
    spelt: WordIndex = field(default_factory=WordIndex)

    def with_words(self, words: Iterable[tuple[int, str]]) -> "Dictionary":
        """Return the dictionary with more words of names: ids of ``totals_key`` and its values of the attribute word.

        A word is what stands between blanks in a normalised name: ``тормозной/передний`` is one.
        """
        last_key = self.last_key
        index = self.words
        new: set[str] = set()
        for key, value in words:
            last_key = max(last_key, key)
            new.update(_words_of(value))
            if len(new) >= LARGEST_SEGMENT:
                index, new = index.with_words(new), set()
        if last_key == self.last_key and not new:
            return self
        return replace(self, last_key=last_key, words=index.with_words(new))

    def with_tables(
        self,
        marks: Iterable[VehicleRow],
        models: Iterable[VehicleRow],
        synonyms: Iterable[SynonymRow],
        shares: Mapping[str, float],
    ) -> "Dictionary":
        """Return the dictionary with these rows in place of those that it had.

        Args:
            marks: the visible marks.
            models: the visible models of visible marks.
            synonyms: the active rows.
            shares: about which share of the parts has each frequent word: ``totals.statistics``.
        """
        load_language()
        of_marks, of_models, rows = tuple(marks), tuple(models), tuple(synonyms)
        vehicles = self.vehicles
        if (of_marks, of_models) != (self.marks, self.models):
            vehicles = VehicleIndex.of(of_marks, of_models)
        index = self.synonym_index if rows == self.synonyms else SynonymIndex.of(rows)
        spelt = self.spelt
        if vehicles is not self.vehicles or index is not self.synonym_index:
            texts = {word for word in (*vehicles.words(), *index.words()) if len(word) >= _SHORTEST_SPELT}
            spelt = WordIndex().with_words(texts)
        return replace(self, vehicles=vehicles, synonym_index=index, spelt=spelt, shares=dict(shares))

    @property
    def marks(self) -> tuple[VehicleRow, ...]:
        """The visible marks."""
        return self.vehicles.marks

    @property
    def models(self) -> tuple[VehicleRow, ...]:
        """The visible models of visible marks."""
        return self.vehicles.models

    @property
    def synonyms(self) -> tuple[SynonymRow, ...]:
        """The active rows of the table ``synonym``."""
        return self.synonym_index.rows

    @property
    def size(self) -> int:
        """About how many bytes its words take."""
        return self.words.size + self.spelt.size


def _words_of(value: str) -> Iterator[str]:
    """Yield the words of a value between blanks: ``тормозной/передний`` has three, itself among them."""
    bare = value if value.isalnum() else _ENDS.sub("", value)
    if bare and len(bare) <= _LONGEST:
        yield bare
    if not bare.isalnum():
        yield from (piece for piece in _PIECES.findall(bare) if len(piece) <= _LONGEST)
