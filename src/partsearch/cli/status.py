"""``partsearch status``."""

from typing import Annotated

import typer

from partsearch.cli.commands import new_command
from partsearch.cli.site_command import SiteCommand
from partsearch.deploy.commands import recover_and_report
from partsearch.operation.inspection.console import show_status
from partsearch.operation.site import Site

command = new_command()


@command.command(cls=SiteCommand)
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,  # noqa: FBT002
) -> None:
    """Show what runs, where, and in which release. Completes or rolls back a deployment that was killed."""
    site = Site()
    recover_and_report(site)
    show_status(site, as_json=as_json)
