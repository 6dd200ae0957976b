"""``partsearch status``."""

from typing import Annotated

import typer

from partsearch.deploy.update import mend_and_tell
from partsearch.operation.inspection.console import show_status
from partsearch.operation.site import Site


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,  # noqa: FBT002
) -> None:
    """Show what runs, where, and in which release. Finishes, or takes back, an update that was killed."""
    site = Site()
    mend_and_tell(site)
    show_status(site, as_json=as_json)
