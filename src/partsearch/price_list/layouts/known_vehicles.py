"""Which cells are marks and models of cars, to tell a column of cars from one of makers of parts."""

from functools import cache, lru_cache

from partsearch.catalog.vehicle_names import vehicle_names
from partsearch.catalog.vehicle_names.folding import join
from partsearch.price_list.vehicles.directory import VehicleDirectory

_MOST_REMEMBERED = 5_000


def is_mark(cell: str) -> bool:
    """Return whether a cell is a known mark of cars."""
    return join(cell) in _names()[0]


def is_model(cell: str) -> bool:
    """Return whether a cell is a known model of cars, of any mark."""
    return join(cell) in _names()[1]


@lru_cache(_MOST_REMEMBERED)
def names_one_mark(text: str) -> bool:
    """Return whether a text such as ``Запчасти КАМАЗ 65115`` names vehicles of one mark."""
    return len({match.mark for match in _directory().find_vehicles(text)}) == 1


@cache
def _directory() -> VehicleDirectory:
    return VehicleDirectory(vehicle_names())


@cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    names = vehicle_names()
    marks = frozenset(join(name.alias) for name in names if not name.model)
    return marks, frozenset(join(name.alias) for name in names if name.model)
