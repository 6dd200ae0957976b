"""``partsearch import``."""

from pathlib import Path
from typing import Annotated

import typer

from partsearch import price_list
from partsearch.cli.output import output


def import_price_list(
    file: Annotated[Path, typer.Argument(help="A price list: text with columns, as Excel and 1C save CSV.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the report and change nothing.")] = False,  # noqa: FBT002
) -> None:
    """Bring a price list into the catalog. Running it again with the same list changes nothing.

    Lists are told apart by the name of the file.
    """
    if not dry_run:
        output.need_not_arrive()
    price_list.run(file, dry_run=dry_run)
