"""``partsearch generate``."""

from typing import Annotated

import typer

from partsearch.database.django_setup import bulk_load


def generate(
    number: Annotated[int, typer.Argument(min=1, metavar="N", help="How many parts to add.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same parts.")] = 1,
) -> None:
    """Fill the catalog with N random parts, with their marks and models: all of them or, if interrupted, none."""
    with bulk_load():
        from partsearch.catalog.demo_load import generate_parts

        generate_parts(number, seed)
