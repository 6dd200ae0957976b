"""The record of an unfinished generation: begun or continued, block by block, and deleted at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

from partsearch.catalog.generation.car_rows import CarRows, add_cars
from partsearch.catalog.generation.shape import Shape
from partsearch.catalog.generation.shapes import BLOCK_PARTS, generated_marks
from partsearch.catalog.loading import load_catalog
from partsearch.catalog.models import Part, UnfinishedGeneration
from partsearch.errors import PartsearchError

_RUNNING_LOCK = 0x67656E6572617465
_RESERVE = "SELECT setval(sequence, nextval(sequence) + %s) FROM pg_get_serial_sequence('part', 'id') AS sequence"
_ADD_BLOCK = """
    UPDATE unfinished_generation SET blocks = array_append(blocks, %(block)s)
    WHERE id = %(generation)s AND NOT %(block)s = ANY (blocks)
"""


class GenerationRunsError(PartsearchError):
    """Another command generates parts in this database."""


@dataclass(frozen=True)
class Begun:
    """A generation that is begun or continued, and the ids of its cars."""

    generation: UnfinishedGeneration
    cars: CarRows

    @property
    def blocks_left(self) -> list[int]:
        """The numbers of the blocks that are not in the catalog."""
        return sorted(set(range(-(-self.generation.number // BLOCK_PARTS))) - set(self.generation.blocks))

    @property
    def loaded(self) -> int:
        """The number of parts that are in the catalog."""
        return self.generation.number - sum(map(self.block_size, self.blocks_left))

    def block_size(self, block: int) -> int:
        """Return the number of parts of a block: the last one may be smaller."""
        return min(BLOCK_PARTS, self.generation.number - block * BLOCK_PARTS)

    def first_id(self, block: int) -> int:
        """Return the id of the first part of a block."""
        return self.generation.first_id + block * BLOCK_PARTS


@contextmanager
def only_generation() -> Iterator[None]:
    """Hold the lock of generations by COPY for the block.

    Raises:
        GenerationRunsError: another command holds it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_RUNNING_LOCK])
        is_ours = cursor.fetchone() == (True,)
    if not is_ours:
        raise GenerationRunsError(
            "Another command generates parts in this database.", "Wait until it ends, then run the same command again."
        )
    try:
        yield
    finally:
        # The lock ends with the connection, also if the database does not answer any more.
        connection.close()


def begin(number: int, seed: int, shape: Shape) -> Begun:
    """Insert the cars that do not exist yet, and begin a generation or find the one to continue, in one transaction."""
    return load_catalog(lambda: _begin(number, seed, shape))


def _begin(number: int, seed: int, shape: Shape) -> Begun:
    cars = add_cars(generated_marks(shape))
    command = {"shape": shape.value, "seed": seed, "number": number}
    found = UnfinishedGeneration.objects.filter(**command).first()
    if found and found.blocks and not _has_parts(found):
        # Somebody has emptied the catalog since: what is left of the record must not make this one begin in the middle.
        found.first_id, found.blocks = _reserve_ids(number), []
        found.save()
    generation = found or UnfinishedGeneration.objects.create(**command, first_id=_reserve_ids(number))
    return Begun(generation, cars)


def _has_parts(generation: UnfinishedGeneration) -> bool:
    last_id = generation.first_id + generation.number - 1
    return Part.objects.filter(id__range=(generation.first_id, last_id)).exists()


def _reserve_ids(count: int) -> int:
    with connection.cursor() as cursor:
        return reserve_ids(cursor, count)


def reserve_ids(cursor: Any, count: int) -> int:
    """Return the first of ``count`` ids that the sequence gives to nobody else.

    A program that takes an id between the two steps, or names its ids itself, can still be the first with one of them.
    """
    cursor.execute(_RESERVE, [count - 1])
    (last,) = cursor.fetchone()
    return int(last) - count + 1


def add_block(loader: "psycopg.Connection[Any]", generation: UnfinishedGeneration, block: int) -> None:
    """Record a block, in the transaction that inserts it.

    Raises:
        GenerationRunsError: the block is in the catalog, or the record is gone.
    """
    if loader.execute(_ADD_BLOCK, {"block": block, "generation": generation.pk}).rowcount != 1:
        raise GenerationRunsError(
            "Another command has changed the record of this generation.", "Run the same command again."
        )
