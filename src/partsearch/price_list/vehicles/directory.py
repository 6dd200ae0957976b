"""The directory of vehicles: finds marks and models in cells, and cars in the names of parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from partsearch.catalog.vehicle_names import VehicleName
from partsearch.contract.text.folding import Words, join, join_exact, split_words
from partsearch.price_list.vehicles.aliases import AliasIndex, build_index
from partsearch.price_list.vehicles.scanning import Match, Scanner

_SIMILAR_ENOUGH = 0.8


@dataclass(frozen=True)
class FoundName:
    """The canonical name of a mark or a model.

    Attributes:
        name: the canonical name.
        is_whole: the whole cell is an alias. Otherwise words follow, such as ``рестайлинг``.
        has_look_alikes: it was found only because look-alike letters of two alphabets are alike.
    """

    name: str
    is_whole: bool = True
    has_look_alikes: bool = False


class VehicleDirectory:
    """The marks and models with all their aliases.

    Args:
        names: the aliases, such as ``partsearch.catalog.vehicle_names.stored.stored_vehicle_names()``.
    """

    def __init__(self, names: Iterable[VehicleName]) -> None:
        self._names = list(names)
        self._index: AliasIndex = build_index(self._names)
        self._scanner = Scanner(self._index)

    def find_mark(self, text: str) -> FoundName | None:
        """Return the mark that a cell of a mark column names; ``None`` if it is unknown.

        A cell may name one mark twice: ``ВАЗ (Lada)``.
        """
        if alias := self._index.marks.get(join(text)):
            return FoundName(alias.mark, has_look_alikes=self._has_look_alikes(alias.mark, "", text))
        return self._one_mark_in(split_words(text))

    def find_model(self, mark: str, text: str) -> FoundName | None:
        """Return the model of a mark that a cell of a model column names; ``None`` if it is unknown.

        The cell may begin with the mark, and may say more after the model: ``5 E34 рестайлинг``.

        Args:
            mark: the canonical name of the mark.
            text: the cell.
        """
        models = self._index.models.get(mark, {})
        words = split_words(text)
        spans = words.spans()
        first = self._words_of_mark(mark, words)
        for start in (0, first) if first else (0,):
            for end in range(len(words.words), start, -1):
                if alias := models.get("".join(words.words[start:end])):
                    found = words.lower[spans[start][0] : spans[end - 1][1]]
                    look_alikes = self._has_look_alikes(mark, alias.model, found)
                    return FoundName(alias.model, end == len(words.words), look_alikes)
        return None

    def find_vehicles(self, name: str) -> list[Match]:
        """Return the vehicles that the name of a part mentions, in the order of the name, without repetitions."""
        return self._scanner.scan(name)

    def nearest(self, word: str) -> VehicleName | None:
        """Return the alias that is most like a word that was not recognised; ``None`` if none is like it.

        An alias that is the word itself counts only beside its mark: it was not meant.
        """
        folded = join(word)
        near = [key for key in self._by_key if abs(len(key) - len(folded)) <= 1 and key != folded]
        close = get_close_matches(folded, near, 1, _SIMILAR_ENOUGH)
        return self._by_key[close[0]] if close else None

    @cached_property
    def _by_key(self) -> dict[str, VehicleName]:
        return {join(name.alias): name for name in reversed(self._names)}

    def _has_look_alikes(self, mark: str, model: str, text: str) -> bool:
        return (mark, model, join_exact(text)) not in self._index.exact

    def _one_mark_in(self, words: Words) -> FoundName | None:
        """Return the mark if the words are nothing but names of it."""
        marks = set()
        start = 0
        while start < len(words.words):
            for end in range(len(words.words), start, -1):
                if alias := self._index.marks.get("".join(words.words[start:end])):
                    marks.add(alias.mark)
                    start = end
                    break
            else:
                return None
        return FoundName(marks.pop()) if len(marks) == 1 else None

    def _words_of_mark(self, mark: str, words: Words) -> int:
        """Return how many words at the beginning name the mark."""
        for end in range(len(words.words), 0, -1):
            alias = self._index.marks.get("".join(words.words[:end]))
            if alias and alias.mark == mark:
                return end
        return 0
