"""Several marks or models in one cell: ``Renault|Dacia`` beside ``Logan|Sandero``, ``Golf, Passat``."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from partsearch.price_list.vehicles.directory import VehicleDirectory

_SEPARATOR = re.compile(r"\s*[|,;/\n]\s*")
_SURE_SEPARATOR = re.compile(r"\s*[|,;\n]\s*")
"""No name of a mark has these, so that unknown pieces between them are other marks."""

_MOST = 100


class NamedVehicle(NamedTuple):
    """A mark of the directory, and a model as the seller writes it; empty if there is none."""

    mark: str
    model: str


def several_vehicles(directory: VehicleDirectory, mark: str, model: str) -> list[NamedVehicle]:
    """Return the vehicles of the cells of one row; none if the cells do not surely name several.

    Marketplaces let the seller tick marks and models. Among the models are marks then, and models that are unknown.

    Args:
        directory: the marks and models with their aliases.
        mark: the cell of the mark.
        model: the cell of the model; empty if it says nothing.
    """
    marks = _marks(directory, mark)
    if not marks or not (_SEPARATOR.search(mark) or _SEPARATOR.search(model)):
        return []
    models = list(dict.fromkeys(filter(None, _SEPARATOR.split(model)[:_MOST])))
    pairs = list(zip(marks, models, strict=False))
    if len(marks) == len(models) and all(directory.find_model(*pair) for pair in pairs):
        return [NamedVehicle(*pair) for pair in pairs]
    found = _with_models(directory, marks, models)
    is_sure = len(marks) > 1 or len(found) == len(models) or _SURE_SEPARATOR.search(model)
    if not is_sure or (len(marks) == 1 and not found):
        return []
    without = [NamedVehicle(each, "") for each in marks if all(vehicle.mark != each for vehicle in found)]
    return [*found, *without] if len(marks) > 1 or "|" in mark + model or len(found) > 1 else []


def _with_models(directory: VehicleDirectory, marks: Sequence[str], models: Sequence[str]) -> list[NamedVehicle]:
    """Return the models that one of the marks has, each once."""
    found: dict[tuple[str, str], NamedVehicle] = {}
    for text in models:
        for mark in marks:
            if known := directory.find_model(mark, text):
                found.setdefault((mark, known.name), NamedVehicle(mark, text))
                break
    return list(found.values())


def _marks(directory: VehicleDirectory, text: str) -> list[str]:
    """Return the marks of a cell, each once. Only between sure separators a piece may be no mark."""
    if whole := directory.find_mark(text):
        return [whole.name]
    for separator, is_complete in ((_SEPARATOR, True), (_SURE_SEPARATOR, False)):
        found = [directory.find_mark(piece) for piece in separator.split(text)[:_MOST] if piece]
        names = list(dict.fromkeys(each.name for each in found if each))
        if names and (all(found) if is_complete else 2 * sum(map(bool, found)) >= len(found)):
            return names
    return []
