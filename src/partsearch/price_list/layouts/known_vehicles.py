"""Which cells are marks and models of cars, to tell a column of cars from one of makers of parts.

An import and an explanation use the aliases of the database, inside of ``known_vehicles``. Elsewhere they are those
that are shipped.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, cached_property

from partsearch.catalog.vehicle_names import VehicleName, vehicle_names
from partsearch.contract.text.folding import fold, join, words_of
from partsearch.price_list.vehicles.directory import VehicleDirectory

_MOST_REMEMBERED = 5_000
_SHORTEST_BEGINNING = 2
_SERIES_AND_BODY = 2
"""The words of ``5 E39``."""

_HAS_LETTER = re.compile(r"[^\W\d_]").search


@contextmanager
def known_vehicles(names: Iterable[VehicleName]) -> Iterator[None]:
    """Let the functions of this module know these marks and models inside of the block."""
    token = _current.set(_KnownVehicles(names))
    try:
        yield
    finally:
        _current.reset(token)


def is_mark(cell: str) -> bool:
    """Return whether a cell is a known mark of cars."""
    return join(cell) in _known().marks


def is_model(cell: str) -> bool:
    """Return whether a cell is a known model of cars, of any mark, or begins with one: ``A6 C5``, ``5 E39``."""
    models = _known().models
    if join(cell) in models:
        return True
    words = words_of(fold(cell))
    beginnings = ["".join(words[:count]) for count in range(1, len(words))]
    if len(words) == _SERIES_AND_BODY and words[0].isdigit():
        beginnings.append(words[1])
    return any(_HAS_LETTER(each) and len(each) >= _SHORTEST_BEGINNING and each in models for each in beginnings)


def names_one_mark(text: str) -> bool:
    """Return whether a text such as ``Запчасти КАМАЗ 65115`` names vehicles of one mark."""
    return _known().names_one_mark(text)


class _KnownVehicles:
    def __init__(self, names: Iterable[VehicleName]) -> None:
        self._names = list(names)
        self.marks = frozenset(join(name.alias) for name in self._names if not name.model)
        self.models = frozenset(join(name.alias) for name in self._names if name.model)
        self._by_text: dict[str, bool] = {}

    def names_one_mark(self, text: str) -> bool:
        if text not in self._by_text and len(self._by_text) >= _MOST_REMEMBERED:
            self._by_text.clear()
        if text not in self._by_text:
            self._by_text[text] = len({match.mark for match in self._directory.find_vehicles(text)}) == 1
        return self._by_text[text]

    @cached_property
    def _directory(self) -> VehicleDirectory:
        return VehicleDirectory(self._names)


_current: ContextVar[_KnownVehicles | None] = ContextVar("known_vehicles", default=None)


def _known() -> _KnownVehicles:
    return _current.get() or _shipped()


@cache
def _shipped() -> _KnownVehicles:
    return _KnownVehicles(vehicle_names())
