"""Candidates for suggestions while a person types, and their order. Pure functions; each service looks up and counts.

A service goes through these steps, and repeats them with the corrected text if the text as typed gives nothing::

    typed = typed_text(q)
    candidates = choose_vehicles(typed, vehicles, shares) + choose_names(typed, names, shares, limit)
    suggestions = rank(candidates with their counts, limit)
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from partsearch.contract.limits import SUGGESTIONS, TEXT_LENGTH
from partsearch.contract.request.suggest import Suggestion, SuggestionKind
from partsearch.contract.text.like import escape_like
from partsearch.contract.text.normalized import normalize
from partsearch.contract.text.part_numbers import normalize_number
from partsearch.understanding.dictionary import Dictionary, VehicleRow
from partsearch.understanding.layout import other_layout
from partsearch.understanding.transliteration import skeletons

WORD, PAIR = "word", "pair"
NAMES_LOOKED_UP = 60
"""How many words and pairs a service reads that are too rare to have a known share."""

NUMBERS_LOOKED_UP = 4
"""How many part numbers a service reads and counts, the shortest ones."""

_MOST = {SuggestionKind.NUMBER: 2, SuggestionKind.MARK: 3, SuggestionKind.MODEL: 3}
_CANDIDATES = {SuggestionKind.MARK: 6, SuggestionKind.MODEL: 6}
_MORE_NAMES = 6
"""How many more names are counted than are wanted: some have no shown parts."""

_SHORTEST_START = 3
_MOST_STARTS = 3
"""In how many ways the start of a word in Latin letters is read in Cyrillic ones."""

_SHORTEST_NUMBER = 4
"""Shorter texts are the start of too many part numbers."""

ELIDED = "…"
"""What stands in a pair for a word with digits."""

_READABLE = re.compile(r"[^\W_](?:[\w/.-]*[^\W_])?(?: [^\W_](?:[\w/.-]*[^\W_])?)?")
"""One or two words without signs at their ends, as people read them."""


@dataclass(frozen=True, slots=True)
class TypedText:
    """What a person has typed so far, normalised.

    Attributes:
        text: all of it.
        last: its last word, which may be unfinished.
        previous: the word before that one, or None.
    """

    text: str
    last: str
    previous: str | None

    @property
    def patterns(self) -> tuple[tuple[str, str], ...]:
        """The LIKE patterns of the names to suggest, as attribute and pattern."""
        last = escape_like(self.last)
        alone = ((WORD, f"{last}%"), (PAIR, f"% {last}%"))
        if self.previous is None:
            return alone
        return ((PAIR, f"{escape_like(self.previous)} {last}%"), *alone)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A suggestion before its parts are counted.

    Attributes:
        kind: what it is.
        text: as people read it; of a model its name alone, for the service adds the mark.
        search: the fields of the search that it stands for.
        marks: the marks one of which a model must have; None for any.
    """

    kind: SuggestionKind
    text: str
    search: Mapping[str, Any] = field(hash=False)
    marks: tuple[int, ...] | None = None


def typed_text(q: str) -> TypedText | None:
    """Return the text that a person has typed, or None if nothing in it can be looked up."""
    text = normalize(q)
    words = text.split(" ")
    return TypedText(text, words[-1], words[-2] if len(words) > 1 else None) if text else None


def corrected_starts(typed: TypedText) -> list[TypedText]:
    """Return what a text becomes whose last word is the start of a word in the other layout or the other alphabet.

    ``q`` of a search corrects whole words only: ``,fv`` and ``bamp`` are the start of ``бампер``.
    """
    *before, last = typed.text.split(" ")
    switched = other_layout(last)
    texts = [] if switched is None else [" ".join([*(other_layout(word) or word for word in before), switched])]
    if len(last) >= _SHORTEST_START and last.isascii() and last.isalpha():
        texts += [" ".join([*before, start]) for start in skeletons(last)[:_MOST_STARTS]]
    found = [typed_text(text) for text in dict.fromkeys(texts)]
    return [text for text in found if text is not None and text != typed]


class VehicleNames:
    """The names and aliases of marks or models, in the order of the alphabet, to find those that start with a text."""

    def __init__(self, rows: Sequence[VehicleRow]) -> None:
        self.rows = rows
        names = {(normalize(name), place) for place, row in enumerate(rows) for name in (row.name, *row.aliases)}
        self._names = sorted(names)

    def starting_with(self, text: str) -> list[VehicleRow]:
        """Return the rows that have a name or an alias that starts with ``text``."""
        first = bisect_left(self._names, (text, -1))
        places = []
        for name, place in islice(self._names, first, None):
            if not name.startswith(text):
                break
            places.append(place)
        return [self.rows[place] for place in dict.fromkeys(places)]

    def named(self, text: str) -> list[VehicleRow]:
        """Return the rows that have this name or alias."""
        first = bisect_left(self._names, (text, -1))
        places = []
        for name, place in islice(self._names, first, None):
            if name != text:
                break
            places.append(place)
        return [self.rows[place] for place in dict.fromkeys(places)]


@dataclass(frozen=True, slots=True)
class Vehicles:
    """The marks and models of a dictionary, to look up by the start of a name."""

    marks: VehicleNames
    models: VehicleNames


class VehiclesOfDictionary:
    """Keeps the marks and models of the latest dictionary sorted."""

    def __init__(self) -> None:
        self._value = Vehicles(VehicleNames(()), VehicleNames(()))

    def of(self, dictionary: Dictionary) -> Vehicles:
        """Return the marks and models of ``dictionary``."""
        marks, models = self._value.marks, self._value.models
        if marks.rows is not dictionary.marks:
            marks = VehicleNames(dictionary.marks)
        if models.rows is not dictionary.models:
            models = VehicleNames(dictionary.models)
        self._value = Vehicles(marks, models)
        return self._value


class Shares:
    """About which share of the parts has a key; 0 for a rare one."""

    def __init__(self, shares: Mapping[str, Mapping[str, float]]) -> None:
        self._shares = shares

    def __call__(self, attribute: str, value: str) -> float:
        """Return the share of one key."""
        return self._shares.get(attribute, {}).get(value, 0.0)

    def names(self, typed: TypedText) -> list[tuple[str, str]]:
        """Return the frequent words that start as the last typed word does, and the pairs that end in such a word."""
        words = (value for value in self._shares.get(WORD, {}) if value.startswith(typed.last))
        pairs = (value for value in self._shares.get(PAIR, {}) if value.partition(" ")[2].startswith(typed.last))
        return [*((WORD, value) for value in words), *((PAIR, value) for value in pairs)]


def choose_vehicles(typed: TypedText, vehicles: Vehicles, shares: Shares) -> list[Candidate]:
    """Return the marks and models to suggest, the more frequent ones of each first."""
    marks = {row.row_id: row for row in vehicles.marks.starting_with(typed.text)}
    models = {row.row_id: (row, None) for row in vehicles.models.starting_with(typed.text)}
    found: dict[int, tuple[VehicleRow, tuple[int, ...] | None]] = dict(models)
    for mark, model in _splits(typed.text):
        named = tuple(row.row_id for row in vehicles.marks.named(mark))
        if named:
            for row in vehicles.models.starting_with(model):
                found.setdefault(row.row_id, (row, named))
    first_marks = sorted(marks.values(), key=lambda row: (-shares("mark", str(row.row_id)), row.name, row.row_id))
    first_models = sorted(
        found.values(), key=lambda each: (-shares("model", str(each[0].row_id)), each[0].name, each[0].row_id)
    )
    return [
        *(
            Candidate(SuggestionKind.MARK, row.name, {"mark_list": [row.row_id]})
            for row in first_marks[: _CANDIDATES[SuggestionKind.MARK]]
        ),
        *(
            Candidate(SuggestionKind.MODEL, row.name, {"model_list": [row.row_id]}, named)
            for row, named in first_models[: _CANDIDATES[SuggestionKind.MODEL]]
        ),
    ]


def _splits(text: str) -> Iterator[tuple[str, str]]:
    """Yield what may be a mark and the start of a model: ``land rover disc`` has two such pairs."""
    words = text.split(" ")
    for number in range(1, len(words)):
        yield " ".join(words[:number]), " ".join(words[number:])


def number_start(typed: TypedText) -> str | None:
    """Return the typed text as the start of a part number, normalised; None if it is too short or has no digit."""
    number = normalize_number(typed.text)
    return number if len(number) >= _SHORTEST_NUMBER and any(map(str.isdigit, number)) else None


def choose_numbers(numbers: Iterable[str]) -> list[Candidate]:
    """Return the part numbers to suggest: of those that the database has, the shortest ones."""
    ordered = sorted(
        {number for number in numbers if len(number) <= TEXT_LENGTH}, key=lambda number: (len(number), number)
    )
    return [Candidate(SuggestionKind.NUMBER, number, {"q": number}) for number in ordered[:NUMBERS_LOOKED_UP]]


def choose_names(typed: TypedText, names: Iterable[tuple[str, str]], shares: Shares, limit: int) -> list[Candidate]:
    """Return the names to suggest, the more frequent ones first.

    They are the same for each limit up to the usual one: a shorter answer is the start of the usual one.

    Args:
        typed: what was typed.
        names: words and pairs that the patterns of ``typed`` match, as attribute and value.
        shares: how frequent they are.
        limit: how many suggestions are wanted.
    """
    found = _readable(names)
    found = _as_whole(typed, found) or found
    ordered = sorted(found, key=lambda key: (-shares(*key), len(key[1]), key[1]))
    return [
        Candidate(SuggestionKind.NAME, _capitalised(value), {"part_name": value})
        for _, value in ordered[: _names_counted(limit)]
    ]


def needs_rare_names(typed: TypedText, frequent: Iterable[tuple[str, str]], limit: int) -> bool:
    """Return whether ``choose_names`` may choose others than the frequent names, which come first.

    Args:
        typed: what was typed.
        frequent: ``Shares.names``.
        limit: how many suggestions are wanted.
    """
    return len(_as_whole(typed, _readable(frequent))) < _names_counted(limit)


def _names_counted(limit: int) -> int:
    return max(limit, SUGGESTIONS) + _MORE_NAMES


def _readable(names: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    return {
        (attribute, value) for attribute, value in names if len(value) <= TEXT_LENGTH and _READABLE.fullmatch(value)
    }


def _as_whole(typed: TypedText, names: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the names that start with the last two typed words; all of them if only one is typed."""
    if typed.previous is None:
        return names
    start = f"{typed.previous} {typed.last}"
    return {(attribute, value) for attribute, value in names if attribute == PAIR and value.startswith(start)}


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def rank(counted: Iterable[tuple[Candidate, int]], limit: int) -> list[Suggestion]:
    """Return the suggestions in the order of the answer: numbers, marks, models, names, the more frequent first.

    Args:
        counted: the candidates, each with the number of shown parts that its search finds.
        limit: how many suggestions are wanted.
    """
    suggestions: list[Suggestion] = []
    found = [(candidate, count) for candidate, count in counted if count]
    for kind in SuggestionKind:
        ordered = sorted(
            (each for each in found if each[0].kind is kind),
            key=lambda each: (-each[1], each[0].text, tuple(map(str, each[0].search.values()))),
        )
        most = _MOST.get(kind, limit)
        suggestions += [Suggestion(kind, each.text, count, each.search) for each, count in ordered[:most]]
    return suggestions[:limit]
