"""``partsearch status``."""

from typing import Annotated

import typer

from partsearch.operation.console import show_status
from partsearch.operation.site import Site


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,  # noqa: FBT002
) -> None:
    """Show what runs, where, and in which release."""
    show_status(Site(), as_json=as_json)
