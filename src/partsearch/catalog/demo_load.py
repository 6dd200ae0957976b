"""Insert demo parts into the catalog through the ORM."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from time import monotonic

from django.db import reset_queries
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from partsearch.catalog.demo import DemoPart, demo_parts
from partsearch.catalog.demo_cars import DEMO_MARKS
from partsearch.catalog.loading import NameDirectory, load_catalog
from partsearch.catalog.models import Mark, Model, Part

_CHUNK = 5_000


@dataclass(frozen=True)
class _NewNames:
    marks: int
    models: int


def generate_parts(number: int, seed: int) -> None:
    """Insert ``number`` random parts, and their marks and models that do not exist yet.

    All rows are inserted in one transaction, which Ctrl-C or an error rolls back. The same seed gives the same parts.
    The progress is written to stderr, and a summary at the end to stdout.
    """
    started = monotonic()
    new_names = load_catalog(lambda: _load(number, seed))
    seconds = monotonic() - started
    Console(highlight=False, soft_wrap=True).print(
        f"Added {_grouped(number)} parts in {seconds:.1f} s, {_grouped(number / max(seconds, 0.001))} a second, "
        f"with seed {seed}; new marks: {new_names.marks}, new models: {new_names.models}."
    )


def _load(number: int, seed: int) -> _NewNames:
    directory = NameDirectory()
    new_names = _add_names(directory)
    _add_parts(islice(demo_parts(seed), number), number, directory)
    return new_names


def _add_names(directory: NameDirectory) -> _NewNames:
    marks = [
        Mark(name=mark.name, producer_country_name=mark.country, is_visible=mark.is_visible)
        for mark in DEMO_MARKS
        if directory.find_mark(mark.name) is None
    ]
    directory.add_marks(marks)
    models = [
        Model(name=model.name, mark_id=directory.mark_id(mark.name), is_visible=model.is_visible)
        for mark in DEMO_MARKS
        for model in mark.models
        if directory.find_model(mark.name, model.name) is None
    ]
    directory.add_models(models)
    return _NewNames(len(marks), len(models))


def _add_parts(demo: Iterable[DemoPart], number: int, directory: NameDirectory) -> None:
    names = [(mark.name, model.name) for mark in DEMO_MARKS for model in mark.models]
    ids = {name: (directory.mark_id(name[0]), directory.model_id(*name)) for name in names}
    with _progress() as progress:
        task = progress.add_task("Parts", total=number)
        for chunk in _chunks(demo):
            Part.objects.bulk_create([_part(part, ids[part.mark.name, part.model.name]) for part in chunk])
            # With DEBUG Django keeps the text of every query: for a million rows it does not fit into memory.
            reset_queries()
            progress.advance(task, len(chunk))


def _part(part: DemoPart, ids: tuple[int, int]) -> Part:
    mark_id, model_id = ids
    return Part(
        name=part.name,
        mark_id=mark_id,
        model_id=model_id,
        price=part.price,
        json_data=part.json_data,
        is_visible=part.is_visible,
    )


def _chunks(parts: Iterable[DemoPart]) -> Iterator[list[DemoPart]]:
    iterator = iter(parts)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _grouped(number: float) -> str:
    return f"{number:,.0f}"
