"""Several marks or models in one cell: ``Renault|Dacia`` beside ``Logan|Sandero``, ``Golf, Passat``."""

import re
from typing import NamedTuple

from partsearch.price_list.vehicles.directory import VehicleDirectory

_SEPARATOR = re.compile(r"\s*[|,;/\n]\s*")
_MOST = 50


class NamedVehicle(NamedTuple):
    """A mark of the directory, and a model as the seller writes it; empty if there is none."""

    mark: str
    model: str


def several_vehicles(directory: VehicleDirectory, mark: str, model: str) -> list[NamedVehicle]:
    """Return the vehicles of the cells of one row; none if the cells do not surely name several.

    Args:
        directory: the marks and models with their aliases.
        mark: the cell of the mark.
        model: the cell of the model; empty if it says nothing.
    """
    marks = _marks(directory, mark)
    models = list(dict.fromkeys(filter(None, _SEPARATOR.split(model)[:_MOST])))
    if not marks or (len(marks) == 1 and len(models) == 1) or not models:
        return [NamedVehicle(each, "") for each in marks] if len(marks) > 1 and not models else []
    pairs = list(zip(marks, models, strict=False))
    if len(marks) == len(models) and all(directory.find_model(*pair) for pair in pairs):
        return [NamedVehicle(*pair) for pair in pairs]
    found: list[NamedVehicle] = []
    canonical = set()
    for text in models:
        owner = next((each for each in marks if directory.find_model(each, text)), None)
        known = directory.find_model(owner, text) if owner else None
        if owner is None or known is None:
            return [NamedVehicle(each, model if each == marks[0] else "") for each in marks] if len(marks) > 1 else []
        canonical.add((owner, known.name))
        found.append(NamedVehicle(owner, text))
    without = [NamedVehicle(each, "") for each in marks if all(vehicle.mark != each for vehicle in found)]
    return [*found, *without] if len(canonical) > 1 or len(marks) > 1 else []


def _marks(directory: VehicleDirectory, text: str) -> list[str]:
    """Return the marks of a cell, each once; none if a piece of it is no mark."""
    if whole := directory.find_mark(text):
        return [whole.name]
    found = [directory.find_mark(piece) for piece in _SEPARATOR.split(text)[:_MOST] if piece]
    names = [each.name for each in found if each]
    return list(dict.fromkeys(names)) if len(names) == len(found) else []
