"""``partsearch logs``."""

from typing import Annotated

import typer

from partsearch.cli.commands import new_command
from partsearch.cli.site_command import SiteCommand
from partsearch.operation.inspection.logs import show_logs
from partsearch.operation.site import Site
from partsearch.operation.supervision.processes import Service

command = new_command()


@command.command(cls=SiteCommand)
def logs(
    service: Annotated[Service | None, typer.Argument(help="One service; without it, all of them.")] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many lines of each.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines are written.")] = False,  # noqa: FBT002
) -> None:
    """Show the end of the logs."""
    show_logs(Site(), service, lines, follow=follow)
