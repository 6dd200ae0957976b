"""The shapes of a generated catalog: which marks, names and attributes it has, and how often.

A catalog is a sequence of blocks. A block depends only on the shape, the seed and its number, so a larger catalog
begins with the parts of a smaller one, and a block can be generated without those before it.
"""

from collections.abc import Callable, Iterator
from itertools import chain, count
from typing import NamedTuple

from partsearch.catalog.generation.shape import Shape
from partsearch.catalog.generation.shapes import demo, used, wholesale
from partsearch.catalog.generation.shapes.demo_cars import DEMO_MARKS
from partsearch.catalog.generation.shapes.many_cars import MANY_MARKS
from partsearch.catalog.generation.shapes.part import GeneratedMark, GeneratedPart
from partsearch.catalog.generation.shapes.random_words import BLOCK_PARTS


class _Recipe(NamedTuple):
    marks: tuple[GeneratedMark, ...]
    block: Callable[[int, int], Iterator[GeneratedPart]]


_RECIPES = {
    Shape.DEMO: _Recipe(DEMO_MARKS, demo.block),
    Shape.USED: _Recipe(MANY_MARKS, used.block),
    Shape.WHOLESALE: _Recipe(MANY_MARKS, wholesale.block),
}


def generated_marks(shape: Shape) -> tuple[GeneratedMark, ...]:
    """Return the marks of a shape, with their models."""
    return _RECIPES[shape].marks


def generated_block(shape: Shape, seed: int, number: int) -> Iterator[GeneratedPart]:
    """Yield the ``BLOCK_PARTS`` parts of a block; the first block has number 0."""
    return _RECIPES[shape].block(seed, number)


def generated_parts(shape: Shape, seed: int) -> Iterator[GeneratedPart]:
    """Yield the parts of all blocks, without end."""
    return chain.from_iterable(generated_block(shape, seed, number) for number in count())


__all__ = ["BLOCK_PARTS", "GeneratedMark", "GeneratedPart", "generated_block", "generated_marks", "generated_parts"]
