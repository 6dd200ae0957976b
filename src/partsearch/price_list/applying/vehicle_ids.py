"""The ids of the marks and models of the staged rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from partsearch.catalog.loading import NameDirectory
from partsearch.catalog.models import Mark, Model
from partsearch.catalog.names import name_key
from partsearch.catalog.producer_countries import producer_country
from partsearch.price_list.applying.statements import rows, run, statement


@dataclass(frozen=True)
class MissingVehicles:
    """The marks and models that written rows name and the catalog does not have.

    Attributes:
        pairs: the mark and the model of the rows, in each spelling.
        marks: the marks, each in its most frequent spelling.
        models: the models, each with its mark.
    """

    pairs: Sequence[tuple[str, str]]
    marks: Sequence[str]
    models: Sequence[tuple[str, str]]


def stage_vehicles(directory: NameDirectory) -> None:
    """Stage the marks and models of the rows with the ids that they have."""
    pairs = rows("vehicles_of_rows")
    with connection.cursor() as cursor, cursor.copy(statement("copy_vehicles")) as copy:
        for mark, model, *_ in pairs:
            copy.write_row((mark, model, directory.find_mark(mark), directory.find_model(mark, model)))
    run("analyze_vehicles")


def missing_vehicles(directory: NameDirectory) -> MissingVehicles:
    """Return the marks and models to create."""
    pairs = [(mark, model) for mark, model, *_ in rows("missing_vehicles")]
    marks: dict[str, str] = {}
    models: dict[tuple[str, str], tuple[str, str]] = {}
    for mark, model in pairs:
        if directory.find_mark(mark) is None:
            marks.setdefault(name_key(mark), mark)
        models.setdefault((name_key(mark), name_key(model)), (marks.get(name_key(mark), mark), model))
    return MissingVehicles(pairs, list(marks.values()), list(models.values()))


def create_vehicles(missing: MissingVehicles, directory: NameDirectory) -> tuple[list[int], list[int]]:
    """Create the marks and models that are missing; return their ids."""
    mark_ids = directory.add_marks(
        [Mark(name=name, producer_country_name=producer_country(name)) for name in missing.marks]
    )
    model_ids = directory.add_models(
        [Model(name=model, mark_id=directory.mark_id(mark)) for mark, model in missing.models]
    )
    _set_ids(missing.pairs, directory)
    return mark_ids, model_ids


def _set_ids(pairs: Iterable[tuple[str, str]], directory: NameDirectory) -> None:
    found = [(mark, model, directory.mark_id(mark), directory.model_id(mark, model)) for mark, model in pairs]
    if found:
        marks, models, mark_ids, model_ids = (list(column) for column in zip(*found, strict=True))
        run("set_vehicle_ids", marks=marks, models=models, mark_ids=mark_ids, model_ids=model_ids)
