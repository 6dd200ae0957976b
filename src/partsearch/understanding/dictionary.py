"""The words of a catalog that ``understand`` knows: of names, marks, models, synonyms. A value that never changes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from partsearch.understanding.rows import SynonymRow, VehicleRow
from partsearch.understanding.stems import load_language
from partsearch.understanding.synonyms import SynonymIndex
from partsearch.understanding.vehicles import VehicleIndex
from partsearch.understanding.words.index import WordIndex
from partsearch.understanding.words.pace import Pause, no_pause

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
        shares: about which share of the parts has each frequent word, or two words side by side.
        words: the words of names, without the signs around and between them.
        vehicles: the marks and models.
        synonym_index: the rows of the table ``synonym``.
        spelt: the words that people type and that need not be in a name: of vehicles and synonyms.
        is_complete: it has the words of all names. Without them nothing is corrected: texts are taken as typed.
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    words: WordIndex = field(default_factory=WordIndex)
    vehicles: VehicleIndex = field(default_factory=VehicleIndex)
    synonym_index: SynonymIndex = field(default_factory=SynonymIndex)
    spelt: WordIndex = field(default_factory=WordIndex)
    is_complete: bool = True

    def with_words(self, values: Iterable[str], pause: Pause = no_pause) -> "Dictionary":
        """Return the dictionary with more words of names: values of ``totals_key`` of the attribute word.

        A word is what stands between blanks in a normalised name: ``тормозной/передний`` is one.

        Args:
            values: the words.
            pause: is called again and again while this takes long.
        """
        words = self.words.with_words(words_of_names(values), pause)
        return self if words is self.words else replace(self, words=words)

    def with_shares(self, shares: Mapping[str, float]) -> "Dictionary":
        """Return the dictionary with these shares of frequent words."""
        return self if shares is self.shares else replace(self, shares=shares)

    def with_tables(
        self,
        marks: Iterable[VehicleRow],
        models: Iterable[VehicleRow],
        synonyms: Iterable[SynonymRow],
        shares: Mapping[str, float] | None = None,
    ) -> "Dictionary":
        """Return the dictionary with these rows in place of those that it had.

        Args:
            marks: the visible marks.
            models: the visible models of visible marks.
            synonyms: the active rows.
            shares: about which share of the parts has each frequent word, if they are others than before.
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
        return replace(self, vehicles=vehicles, synonym_index=index, spelt=spelt).with_shares(
            self.shares if shares is None else shares
        )

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


def words_of_names(values: Iterable[str]) -> set[str]:
    """Return the words of values of ``totals_key``, each once."""
    return {word for value in values for word in _words_of(value)}


def _words_of(value: str) -> Iterator[str]:
    """Yield the words of a value between blanks: ``тормозной/передний`` has three, itself among them."""
    bare = value if value.isalnum() else _ENDS.sub("", value)
    if bare and len(bare) <= _LONGEST:
        yield bare
    if not bare.isalnum():
        yield from (piece for piece in _PIECES.findall(bare) if len(piece) <= _LONGEST)
