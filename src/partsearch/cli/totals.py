"""``partsearch totals``."""

from partsearch.cli.commands import new_command
from partsearch.cli.output import works
from partsearch.cli.site_command import SiteCommand
from partsearch.database.address.configured import direct_database_address
from partsearch.totals.commands import rebuild_totals

command = new_command(no_args_is_help=True)


@command.callback()
def totals() -> None:
    """The planes from which every count and every sum is computed."""


@command.command(cls=SiteCommand)
@works
def rebuild() -> None:
    """Rebuild the totals from the parts, while people search and write.

    It can be interrupted at any time: run it again then. It also chooses the keys of json_data that get totals.
    """
    rebuild_totals(direct_database_address())
