"""What each typed word means by the dictionary alone, and what neighbouring words mean together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from partsearch.contract.filters.understood import CorrectionKind
from partsearch.understanding.dictionary import Dictionary, SynonymRow
from partsearch.understanding.forms import is_in_names, texts_of_forms, without_longer
from partsearch.understanding.numbers import part_number
from partsearch.understanding.synonyms import Param
from partsearch.understanding.tokens import Word
from partsearch.understanding.vehicles import Vehicles

_Item = TypeVar("_Item")
_MOST_TEXTS = 16
_MOST_SPELLINGS = 6
_SHORTEST_SPELLING = 3
_LONGEST_TEXT = 2
_MOST_WORDS_OF_A_SYNONYM = 3
_MOST_WORDS_OF_A_VEHICLE = 4
_MOST_WORDS_OF_A_NUMBER = 4
_LONGEST_GENERATION = 3
_YEAR = re.compile(r"((?:19[5-9]|20[0-4])[0-9])(?:г|год|года|гв|р|рв)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a word means besides itself.

    Attributes:
        texts: what a name may contain instead of the word.
        marks: ids of marks.
        models: ids of models.
        params: values of parts.
        meant: those of ``params`` that are said in the answer.
        numbers: starts of part numbers.
        kind: how the texts follow from the word.
        meaning: what people read instead of the word if that is in no name.
    """

    texts: tuple[str, ...] = ()
    marks: tuple[int, ...] = ()
    models: tuple[int, ...] = ()
    params: tuple[Param, ...] = ()
    meant: tuple[Param, ...] = ()
    numbers: tuple[str, ...] = ()
    kind: CorrectionKind | None = None
    meaning: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether the word means something else than a part of a name, so that it is never corrected."""
        return bool(self.marks or self.models or self.params or self.numbers)

    @property
    def is_vehicle(self) -> bool:
        """Whether the word names a mark or a model."""
        return bool(self.marks or self.models)

    def joined(self, other: "Reading") -> "Reading":
        """Return a reading that means either of the two."""
        return Reading(
            _once(self.texts, other.texts),
            _once(self.marks, other.marks),
            _once(self.models, other.models),
            _once(self.params, other.params),
            _once(self.meant, other.meant),
            _once(self.numbers, other.numbers),
            self.kind or other.kind,
            self.meaning or other.meaning,
        )


def _once(mine: tuple[_Item, ...], others: tuple[_Item, ...]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys((*mine, *others))) if others else mine


def readings(words: Sequence[Word], dictionary: Dictionary) -> list[Reading]:
    """Return what each of the words means, by itself and with its neighbours."""
    together = list(_together(words, dictionary))
    covered = {place for start, end, reading in together if not reading.numbers for place in range(start, end)}
    found = [
        Reading(texts_of_forms(word.text, dictionary))
        if place in covered
        else word_reading(word.text, dictionary, is_beside=False)
        for place, word in enumerate(words)
    ]
    for start, end, reading in together:
        for place in range(start, end):
            found[place] = found[place].joined(reading)
    _add_vehicles_beside(words, found, covered, dictionary)
    return _with_models_of_named_marks(found, dictionary)


def word_reading(text: str, dictionary: Dictionary, *, is_beside: bool) -> Reading:
    """Return what one word means.

    Args:
        text: the word.
        dictionary: the dictionary.
        is_beside: whether a vehicle is named beside it, so that ``5`` is a model too.
    """
    found = _of_vehicle(text, dictionary, is_beside=is_beside).joined(_of_synonym(text, dictionary))
    number = part_number(text)
    if number is not None:
        found = found.joined(Reading(numbers=(number,)))
    if match := _YEAR.fullmatch(text):
        year: Param = ("year", Decimal(match[1]))
        found = found.joined(Reading(texts=(match[1],), params=(year,), meant=(year,)))
    forms = texts_of_forms(text, dictionary) if not found.numbers else ()
    short = [f"{each}." for each in dictionary.synonym_index.abbreviations(text) if dictionary.words.has(each)]
    return replace(found, texts=tuple(dict.fromkeys((*forms, *found.texts, *short))))


def _together(words: Sequence[Word], dictionary: Dictionary) -> Iterator[tuple[int, int, Reading]]:
    """Yield what neighbouring words mean together, with the places of the first one and after the last one."""
    start = 0
    while start < len(words):
        end, reading = _longest(words, start, dictionary)
        if reading is not None:
            yield start, end, reading
        start = end
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and end - start < _MOST_WORDS_OF_A_NUMBER and words[end].has_digit:
            end += 1
        if end - start > 1 and (number := part_number("-".join(word.text for word in words[start:end]))):
            yield start, end, Reading(numbers=(number,))
        start = max(end, start + 1)


def _longest(words: Sequence[Word], start: int, dictionary: Dictionary) -> tuple[int, Reading | None]:
    """Return the reading of the longest run of words from a place on, with the place after it."""
    for end in range(min(len(words), start + _MOST_WORDS_OF_A_VEHICLE), start + 1, -1):
        text = " ".join(word.text for word in words[start:end])
        found = _of_vehicle(text, dictionary, is_beside=True)
        if end - start <= _MOST_WORDS_OF_A_SYNONYM:
            found = found.joined(_of_synonym(text, dictionary))
        if found.is_sure or found.texts:
            return end, found
        if end - start == _LONGEST_TEXT and words[start + 1].text.isdigit():
            models = dictionary.vehicles.generation(words[start].text, words[start + 1].text).models
            if models:
                return end, Reading(models=models)
    return start + 1, None


def _of_vehicle(text: str, dictionary: Dictionary, *, is_beside: bool) -> Reading:
    found = dictionary.vehicles.find(text)
    if not found or not (is_beside or dictionary.vehicles.is_sure(text, found)):
        return Reading()
    return Reading(_spellings(text, found, dictionary), found.marks, found.models)


def _spellings(text: str, found: Vehicles, dictionary: Dictionary) -> tuple[str, ...]:
    """Return other ways of writing a vehicle that are words of names."""
    if len(text) < _SHORTEST_SPELLING or text.isdigit():
        return ()
    others = (
        other
        for other in dictionary.vehicles.spellings(found)
        if other != text
        and len(other) >= _SHORTEST_SPELLING
        and not other.isdigit()
        and len(other.split()) <= _LONGEST_TEXT
        and all(map(dictionary.words.has, other.split()))
    )
    return tuple(other for other, _ in zip(others, range(_MOST_SPELLINGS), strict=False))


def _of_synonym(text: str, dictionary: Dictionary) -> Reading:
    row = dictionary.synonym_index.find(text)
    if row is None:
        return Reading()
    meant = dictionary.synonym_index.params(row)
    params = dict.fromkeys(each for param in meant for each in dictionary.synonym_index.alternatives(param))
    texts = _texts_of(row, dictionary)
    kind = (CorrectionKind.ABBREVIATION if row.kind == "abbreviation" else CorrectionKind.SYNONYM) if texts else None
    return Reading(texts, (), (), tuple(params), meant, (), kind, _meaning(row, dictionary) if texts else "")


def _texts_of(row: SynonymRow, dictionary: Dictionary) -> tuple[str, ...]:
    found: list[str] = []
    for meaning in row.meanings:
        if len(meaning.split()) > _LONGEST_TEXT or not is_in_names(meaning, dictionary):
            continue
        found.extend(() if " " in meaning else texts_of_forms(meaning, dictionary))
        found.append(meaning)
        if dictionary.words.has(hyphened := meaning.replace(" ", "-")):
            found.append(hyphened)
    return without_longer(found)[:_MOST_TEXTS]


def _meaning(row: SynonymRow, dictionary: Dictionary) -> str:
    """Return the meaning that people read: the most frequent one, as a word of names."""
    known = [meaning for meaning in row.meanings if is_in_names(meaning, dictionary)]
    best = max(known, key=lambda text: min(dictionary.shares.get(word, 0.0) for word in text.split()))
    if " " in best or dictionary.words.has(best) or not dictionary.is_complete:
        return best
    longer = dictionary.words.starting_with(best, 20)
    return max(longer, key=lambda word: dictionary.shares.get(word, 0.0))


def _with_models_of_named_marks(found: list[Reading], dictionary: Dictionary) -> list[Reading]:
    """Return the readings without the models of other marks than those that are named: of ``5`` in ``бмв 5``.

    A word whose models all belong to other marks keeps them.
    """
    marks = {mark for reading in found for mark in reading.marks}
    if not marks:
        return found
    of_marks = [dictionary.vehicles.of_marks(reading.models, marks) for reading in found]
    return [
        replace(reading, models=models) if models else reading for reading, models in zip(found, of_marks, strict=True)
    ]


def _add_vehicles_beside(
    words: Sequence[Word], found: list[Reading], covered: set[int], dictionary: Dictionary
) -> None:
    """Add what is a vehicle only beside another one: ``5`` beside ``bmw``, and the generation in ``камри 40``."""
    if not any(reading.is_vehicle for reading in found):
        return
    has_mark = any(reading.marks for reading in found)
    for place, word in enumerate(words):
        if place in covered or found[place].is_vehicle:
            continue
        reading = _of_vehicle(word.text, dictionary, is_beside=True) if has_mark else Reading()
        beside = (*found[max(place - 1, 0) : place], *found[place + 1 : place + 2])
        models = next((each.models for each in beside if each.models), ())
        if not reading.is_vehicle and word.has_digit and len(word.text) <= _LONGEST_GENERATION:
            reading = Reading(models=models)
        found[place] = found[place].joined(reading)
