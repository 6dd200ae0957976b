"""A catalog in memory, from price lists of a folder, that answers a search in plain Python."""

import csv
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from partsearch.catalog.vehicle_names import vehicle_names
from partsearch.contract.filters.understood import Alternatives, Understood
from partsearch.contract.text.normalized import normalize
from partsearch.contract.text.part_numbers import normalize_number
from partsearch.understanding import COUNTED, understand
from partsearch.understanding.dictionary import Dictionary, VehicleRow
from partsearch.understanding.shipped import shipped_synonyms

_COLORS = ("черный", "белый", "серый", "красный", "синий", "серебристый", "зеленый")
_FREQUENT = 0.0005
_WHOLESALE_EVERY = 3
"""One of so many rows of the large wholesale list is a part."""


@dataclass(frozen=True)
class Part:
    """A part.

    Attributes:
        name: its name as written.
        normal: its name normalised.
        mark: the id of its mark; 0 for none.
        model: the id of its model; 0 for none.
        number: its normalised part number.
        params: values of its json_data.
    """

    name: str
    normal: str
    mark: int = 0
    model: int = 0
    number: str = ""
    params: dict[str, object] = field(default_factory=dict)


class Catalog:
    """Parts with a dictionary.

    Args:
        data: the folder of the price lists.
        without: parts whose name contains this text are left out.
    """

    def __init__(self, data: Path, without: str = "") -> None:
        self.marks, self.models, self.model_of = _vehicles()
        self.parts = [part for part in _read(data) if not without or without not in part.normal]
        words = Counter(word for part in self.parts for word in set(part.normal.split()))
        frequent = {word: count / len(self.parts) for word, count in words.items()}
        shares = {word: share for word, share in frequent.items() if share > _FREQUENT}
        tables = _tables()
        self.dictionary = tables.with_words(words)
        self.dictionary = self.dictionary.with_tables(tables.marks, tables.models, tables.synonyms, shares)
        self._having: dict[str, frozenset[int]] = {}

    def understood(self, text: str) -> Understood:
        """Return what a typed text means in this catalog."""
        query = understand(text, self.dictionary)
        return query.resolve({each: min(COUNTED, len(self.having(each))) for each in query.texts_to_check})

    def search(self, text: str) -> list[Part]:
        """Return the parts that a typed text finds, the best first."""
        understood = self.understood(text)
        if not understood.groups:
            return []
        found = set.intersection(*(self._meeting(group) for group in understood.groups))
        return [
            self.parts[number] for number in sorted(found, key=lambda number: (self._rank(number, understood), number))
        ]

    def having(self, text: str) -> frozenset[int]:
        """Return the places of the parts whose name contains the text."""
        if text not in self._having:
            self._having[text] = frozenset(place for place, part in enumerate(self.parts) if text in part.normal)
        return self._having[text]

    @cached_property
    def numbers(self) -> list[Part]:
        """The parts with a part number."""
        return [part for part in self.parts if part.number]

    def _meeting(self, group: Alternatives) -> set[int]:
        found = set().union(*map(self.having, group.texts))
        if group.mark_list or group.model_list or group.params or group.numbers:
            found.update(place for place, part in enumerate(self.parts) if _meets(part, group))
        return found

    def _rank(self, place: int, understood: Understood) -> int:
        part = self.parts[place]
        if (understood.phrase and understood.phrase in part.normal) or (
            understood.number and understood.number == part.number
        ):
            return 0
        return 1 if understood.words and all(word in part.normal for word in understood.words) else 2


def _meets(part: Part, group: Alternatives) -> bool:
    return (
        part.mark in group.mark_list
        or part.model in group.model_list
        or any(part.params.get(key) == value for key, value in group.params if key in part.params)
        or any(part.number.startswith(number) for number in group.numbers)
    )


@cache
def _vehicles() -> tuple[dict[int, VehicleRow], dict[int, VehicleRow], dict[tuple[int, str], int]]:
    """Return the shipped marks and models by their ids, and the id of each model by the id of its mark and its name."""
    aliases: dict[tuple[str, str], list[str]] = {}
    for name in vehicle_names():
        aliases.setdefault((name.mark, name.model), []).append(name.alias)
    marks: dict[int, VehicleRow] = {}
    models: dict[int, VehicleRow] = {}
    ids: dict[str, int] = {}
    model_of: dict[tuple[int, str], int] = {}
    for row_id, ((mark, model), written) in enumerate(aliases.items(), 1):
        if model:
            models[row_id] = VehicleRow(row_id, model, tuple(written), ids[mark])
            model_of[ids[mark], model] = row_id
        else:
            marks[row_id] = VehicleRow(row_id, mark, tuple(written))
            ids[mark] = row_id
    return marks, models, model_of


def words_of_marks(data: Path) -> dict[str, str]:
    """Return the Cyrillic names of marks by their Latin ones, as the data has them."""
    marks = json.loads((data / "marks_models.json").read_text("utf-8"))
    return {mark["mark"]: mark["mark_cyrillic"] for mark in marks if mark["mark_cyrillic"]}


@cache
def _read(data: Path) -> tuple[Part, ...]:
    return tuple(_parts(data))


def _parts(data: Path) -> Iterator[Part]:
    marks, _, model_of = _vehicles()
    chance = random.Random(14)
    models = sorted(model_of)
    for line in (data / "part_names_generic.txt").read_text("utf-8").splitlines():
        mark, model = chance.choice(models)
        params = {
            "color": chance.choice(_COLORS),
            "is_new_part": chance.random() < 0.3,
            "year": chance.randint(1995, 2020),
        }
        yield Part(line, normalize(line), mark, model_of[mark, model], "", params)
    bmw = next(row_id for row_id, row in marks.items() if row.name == "BMW")
    with (data / "bmw_used_cp1251.csv").open(encoding="cp1251", newline="") as file:
        for row in list(csv.reader(file, delimiter=";"))[1:]:
            name, model = row[8], model_of.get((bmw, f"{row[1][:1]}-Series"), 0)
            yield Part(name, normalize(name), bmw, model, normalize_number(row[9]))
    with (data / "npn_2018-11-19.csv").open(encoding="utf-8", errors="replace", newline="") as file:
        for row in list(csv.reader(file, delimiter=";"))[5::_WHOLESALE_EVERY]:
            if len(row) > 8 and row[5]:
                yield Part(row[5], normalize(row[5]), 0, 0, normalize_number(row[8]))


@cache
def _tables() -> Dictionary:
    marks, models, _ = _vehicles()
    return Dictionary().with_tables(marks.values(), models.values(), shipped_synonyms(), {})
