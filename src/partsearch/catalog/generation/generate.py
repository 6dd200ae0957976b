"""Generate parts: a small number through the ORM in one transaction, a large one by COPY in blocks."""

from collections.abc import Callable
from time import monotonic

from rich.console import Console

from partsearch.catalog.generation.by_copy import load_by_copy
from partsearch.catalog.generation.shape import Shape
from partsearch.catalog.generation.shapes import BLOCK_PARTS
from partsearch.catalog.generation.through_orm import load_through_orm


def generate_parts(number: int, seed: int, shape: Shape, after_first_block: Callable[[], None] = lambda: None) -> None:
    """Insert ``number`` random parts, and their marks and models that do not exist yet.

    The same shape and seed give the same parts, whichever way they take. The progress is written to stderr, and a
    summary at the end to stdout.

    Args:
        number: how many parts.
        seed: the same seed gives the same parts.
        shape: what the parts look like.
        after_first_block: called when a load by COPY goes on after its first block, or after an interruption.

    Raises:
        PartsearchError: a load by COPY was interrupted or failed; the same command continues it.
    """
    started = monotonic()
    if number <= BLOCK_PARTS:
        added = load_through_orm(number, seed, shape)
    else:
        added = load_by_copy(number, seed, shape, after_first_block)
    seconds = monotonic() - started
    Console(highlight=False, soft_wrap=True).print(
        f"Added {added.parts:,} parts in {seconds:.1f} s, {added.parts / max(seconds, 0.001):,.0f} a second, "
        f"with seed {seed}; new marks: {added.new_marks}, new models: {added.new_models}."
    )
