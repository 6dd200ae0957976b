"""``partsearch down``."""

from partsearch.cli.commands import new_command
from partsearch.cli.output import works
from partsearch.cli.site_command import SiteCommand
from partsearch.operation.inspection.console import show_down
from partsearch.operation.site import Site

command = new_command()


@command.command(cls=SiteCommand)
@works
def down() -> None:
    """Stop everything. The data stays."""
    show_down(Site())
