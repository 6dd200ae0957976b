"""``partsearch import``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from partsearch import price_list
from partsearch.cli.output import output
from partsearch.operation.access.privileges import for_owner
from partsearch.price_list.read import read_content


@dataclass(frozen=True)
class PriceList:
    """A price list, read as the user, who may read more than the site's account."""

    path: Path
    content: bytes


def read_list(text: str) -> PriceList:
    """Return the price list of this path, read before root becomes the account."""
    path = Path(text)
    return PriceList(path, for_owner(path, lambda: read_content(path)))


def import_price_list(
    file: Annotated[
        PriceList,
        typer.Argument(
            parser=read_list, metavar="FILE", help="A price list: text with columns, as Excel and 1C save CSV."
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the report and change nothing.")] = False,  # noqa: FBT002
) -> None:
    """Bring a price list into the catalog. Running it again with the same list changes nothing.

    The name of the file identifies the list.
    """
    if not dry_run:
        output.need_not_arrive()
    price_list.run(file.path, dry_run=dry_run, content=file.content)
