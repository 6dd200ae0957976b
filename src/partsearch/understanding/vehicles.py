"""Marks and models by the ways in which people write them."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from partsearch.contract.text.folding import join
from partsearch.contract.text.normalized import normalize
from partsearch.understanding.rows import VehicleRow

_MOST_WORDS = 4
_SHORTEST_SURE_NUMBER = 4
_SHORTEST_SURE_WORD = 3
_MOST_PARTIAL = 20
_CODE = re.compile(r"(?=.*[a-z])(?=.*[0-9])[a-z0-9]{3,}")
_GENERATION = re.compile(r"[a-z]{0,3}([0-9]{1,3})")
_SERIES = re.compile(r"([^\W_]{1,3})[ -](?:серия|серии|series|seria|класс|класса|class|klasse|[a-z][0-9]{2,3})")
"""A model that people also name without this word or code of a body, beside its mark: ``бмв 5`` for ``5 E60``."""

_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Vehicles:
    """What a text may name: ids of marks and of models."""

    marks: tuple[int, ...] = ()
    models: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.marks or self.models)


_NONE = Vehicles()


@dataclass(frozen=True, slots=True)
class VehicleIndex:
    """The marks and models by their aliases, folded and without blanks."""

    marks: tuple[VehicleRow, ...] = ()
    models: tuple[VehicleRow, ...] = ()
    _named: Mapping[str, Vehicles] = field(default_factory=dict)
    _by_code: Mapping[str, Vehicles] = field(default_factory=dict)
    _by_generation: Mapping[tuple[str, str], Vehicles] = field(default_factory=dict)
    _spellings: Mapping[tuple[bool, int], tuple[str, ...]] = field(default_factory=dict)
    _mark_of: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, marks: tuple[VehicleRow, ...], models: tuple[VehicleRow, ...]) -> "VehicleIndex":
        """Return the index of these rows."""
        named: dict[str, tuple[dict[int, None], dict[int, None]]] = defaultdict(lambda: ({}, {}))
        codes: dict[str, dict[int, None]] = defaultdict(dict)
        generations: dict[tuple[str, str], dict[int, None]] = defaultdict(dict)
        spellings: dict[tuple[bool, int], tuple[str, ...]] = {}
        for is_model, rows in ((False, marks), (True, models)):
            for row in rows:
                texts = tuple(dict.fromkeys(filter(None, map(normalize, (row.name, *row.aliases)))))
                spellings[is_model, row.row_id] = texts
                for text in texts:
                    if key := join(text):
                        named[key][is_model][row.row_id] = None
                    if is_model and (series := _SERIES.fullmatch(text)):
                        named[join(series[1])][True][row.row_id] = None
                    if is_model:
                        _add_words(row.row_id, text, codes, generations)
        return cls(
            marks,
            models,
            {key: Vehicles(tuple(of_mark), tuple(of_model)) for key, (of_mark, of_model) in named.items()},
            {key: Vehicles((), tuple(ids)) for key, ids in codes.items() if len(ids) <= _MOST_PARTIAL},
            {key: Vehicles((), tuple(ids)) for key, ids in generations.items()},
            spellings,
            {row.row_id: row.mark_id for row in models},
        )

    def find(self, text: str) -> Vehicles:
        """Return what a text of one to four words names; a code such as ``e34`` names the models that have it."""
        key = join(text)
        return self._named.get(key) or self._by_code.get(key, _NONE)

    def generation(self, model: str, digits: str) -> Vehicles:
        """Return the models whose name is that of a model with these digits: ``Camry V40`` for ``камри``, ``40``."""
        named = self.find(model)
        keys = ((join(text), digits) for text in (model, *(self.spellings(named) if named.models else ())))
        return next((self._by_generation[key] for key in keys if key in self._by_generation), _NONE)

    def of_marks(self, models: Iterable[int], marks: Container[int]) -> tuple[int, ...]:
        """Return those of the models that belong to one of the marks."""
        return tuple(model for model in models if self._mark_of.get(model) in marks)

    def is_sure(self, text: str, found: Vehicles) -> bool:
        """Return whether a text names a vehicle also where it stands alone: ``x5`` does, ``5`` and ``a`` do not."""
        key = join(text)
        if key.isdigit():
            return len(key) >= _SHORTEST_SURE_NUMBER
        return len(key) >= _SHORTEST_SURE_WORD or bool(found.marks) or any(map(str.isdigit, key))

    def spellings(self, found: Vehicles) -> list[str]:
        """Return the normalised ways of writing these vehicles."""
        keys = [(False, row_id) for row_id in found.marks] + [(True, row_id) for row_id in found.models]
        return list(dict.fromkeys(text for key in keys for text in self._spellings.get(key, ())))

    def words(self) -> Iterable[str]:
        """Return the words of all names and aliases."""
        return {word for texts in self._spellings.values() for text in texts for word in _WORDS.findall(text)}


def _add_words(
    row_id: int,
    text: str,
    codes: dict[str, dict[int, None]],
    generations: dict[tuple[str, str], dict[int, None]],
) -> None:
    """Add the codes of a model's name, and its generation: of ``Camry V40`` the code v40 and the generation 40."""
    words = _WORDS.findall(text)
    if not 1 < len(words) <= _MOST_WORDS:
        return
    for word in map(join, words):
        if _CODE.fullmatch(word):
            codes[word][row_id] = None
    if match := _GENERATION.fullmatch(join(words[-1])):
        generations[join(" ".join(words[:-1])), match[1]][row_id] = None
