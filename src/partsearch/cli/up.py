"""``partsearch up``."""

from partsearch.cli.commands import new_command
from partsearch.cli.output import works
from partsearch.cli.site_command import UpCommand
from partsearch.operation.inspection.console import show_up
from partsearch.operation.site import Site

command = new_command()


@command.command(cls=UpCommand)
@works
def up() -> None:
    """Start everything in the background, and return when it answers."""
    show_up(Site())
