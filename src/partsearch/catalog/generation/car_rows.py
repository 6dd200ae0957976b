"""The marks and models of a generated catalog in the tables."""

from dataclasses import dataclass

from partsearch.catalog.generation.shapes import GeneratedMark
from partsearch.catalog.loading import NameDirectory
from partsearch.catalog.models import Mark, Model

CarName = tuple[str, str]
CarIds = tuple[int, int]


@dataclass(frozen=True)
class CarRows:
    """The ids of the cars by their names, and how many marks and models are new."""

    ids: dict[CarName, CarIds]
    new_marks: int
    new_models: int


@dataclass(frozen=True)
class Added:
    """What a load has added to the catalog."""

    parts: int
    new_marks: int
    new_models: int


def add_cars(generated: tuple[GeneratedMark, ...]) -> CarRows:
    """Insert the marks and models that do not exist yet, and return the ids of all of them."""
    directory = NameDirectory()
    marks = [
        Mark(name=mark.name, producer_country_name=mark.country, is_visible=mark.is_visible)
        for mark in generated
        if directory.find_mark(mark.name) is None
    ]
    directory.add_marks(marks)
    models = [
        Model(name=model.name, mark_id=directory.mark_id(mark.name), is_visible=model.is_visible)
        for mark in generated
        for model in mark.models
        if directory.find_model(mark.name, model.name) is None
    ]
    directory.add_models(models)
    names = [(mark.name, model.name) for mark in generated for model in mark.models]
    ids = {name: (directory.mark_id(name[0]), directory.model_id(*name)) for name in names}
    return CarRows(ids, len(marks), len(models))
