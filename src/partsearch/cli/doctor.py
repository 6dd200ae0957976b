"""``partsearch doctor``."""

from typing import Annotated

import typer

from partsearch.cli.commands import new_command
from partsearch.cli.site_command import DoctorCommand
from partsearch.operation.inspection.console import show_doctor
from partsearch.operation.site import Site

command = new_command()


@command.command(cls=DoctorCommand)
def doctor(
    verify: Annotated[bool, typer.Option("--verify", help="Recompute all totals and compare them.")] = False,  # noqa: FBT002
) -> None:
    """Check the database and the machine, and say what to do."""
    show_doctor(Site(), verify=verify)
