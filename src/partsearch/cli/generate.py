"""``partsearch generate``."""

from typing import Annotated

import typer

from partsearch.catalog.generation.shape import Shape
from partsearch.cli.commands import new_command
from partsearch.cli.output import works
from partsearch.cli.site_command import SiteCommand
from partsearch.database.address.configured import direct_database_address
from partsearch.database.django_setup import bulk_load
from partsearch.totals.commands import fold_after_load
from partsearch.totals.loading import SegmentBuilder

command = new_command()

_LARGEST_SEED = 2**63 - 1


@command.command(cls=SiteCommand)
@works
def generate(
    number: Annotated[int, typer.Argument(min=1, max=2**31 - 1, metavar="N", help="How many parts to add.")],
    seed: Annotated[
        int, typer.Option(min=-_LARGEST_SEED, max=_LARGEST_SEED, help="The same seed gives the same parts.")
    ] = 1,
    shape: Annotated[Shape, typer.Option(help="Which names, marks and attributes the parts have.")] = Shape.DEMO,
) -> None:
    """Fill the catalog with N random parts, with their marks and models.

    Up to 100,000 are added all at once or, if interrupted, not at all. More are added in blocks; if interrupted, the
    same command continues.
    """
    with bulk_load():
        from partsearch.catalog.generation.generate import generate_parts

        builder = SegmentBuilder(direct_database_address())

        def begin_totals() -> None:
            fold_after_load()
            builder.start()

        with builder.stopped_at_the_end():
            generate_parts(number, seed, shape, after_first_block=begin_totals)
    fold_after_load()
