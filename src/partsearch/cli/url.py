"""``partsearch url``."""

from typing import Annotated

import typer

from partsearch.cli.commands import new_command
from partsearch.cli.site_command import SiteCommand
from partsearch.database.address.configured import database_address, direct_database_address

command = new_command()


@command.command(cls=SiteCommand)
def url(
    direct: Annotated[bool, typer.Option("--direct", help="The unpooled address.")] = False,  # noqa: FBT002
) -> None:
    """Print the database address for psql, pg_dump and other tools. It holds the password, if there is one."""
    typer.echo((direct_database_address() if direct else database_address()).url())
