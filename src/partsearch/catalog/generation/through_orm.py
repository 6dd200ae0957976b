"""Insert generated parts through the ORM, in one transaction."""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import reset_queries

from partsearch.catalog.generation.car_rows import Added, CarIds, add_cars
from partsearch.catalog.generation.progress import LoadProgress
from partsearch.catalog.generation.shape import Shape
from partsearch.catalog.generation.shapes import GeneratedPart, generated_marks, generated_parts
from partsearch.catalog.loading import load_catalog
from partsearch.catalog.models import Part

_CHUNK = 5_000


def load_through_orm(number: int, seed: int, shape: Shape) -> Added:
    """Insert ``number`` parts with their cars, and return what was added. Ctrl-C or an error rolls all of it back."""
    return load_catalog(lambda: _load(number, seed, shape))


def _load(number: int, seed: int, shape: Shape) -> Added:
    cars = add_cars(generated_marks(shape))
    parts = islice(generated_parts(shape, seed), number)
    with LoadProgress(number) as progress:
        for chunk in _chunks(parts):
            Part.objects.bulk_create([_part(part, cars.ids[part.mark.name, part.model.name]) for part in chunk])
            # With DEBUG Django keeps the text of every query: for a million rows it does not fit into memory.
            reset_queries()
            progress.advance(len(chunk))
    return Added(number, cars.new_marks, cars.new_models)


def _part(part: GeneratedPart, ids: CarIds) -> Part:
    mark_id, model_id = ids
    return Part(
        name=part.name,
        mark_id=mark_id,
        model_id=model_id,
        price=part.price,
        json_data=part.json_data,
        is_visible=part.is_visible,
    )


def _chunks(parts: Iterable[GeneratedPart]) -> Iterator[list[GeneratedPart]]:
    iterator = iter(parts)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
