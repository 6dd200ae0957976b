"""``partsearch copy-database``."""

from typing import Annotated

import typer

from partsearch import catalog_copy
from partsearch.cli.commands import new_command
from partsearch.cli.output import works
from partsearch.cli.site_command import SiteCommand
from partsearch.settings import settings

command = new_command()


@command.command(cls=SiteCommand)
@works
def copy_database(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The database to copy.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The database to copy to.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace what the target holds.")] = False,  # noqa: FBT002
) -> None:
    """Copy the whole catalog, with the accounts of the admin, from one database to another: all of it or nothing.

    FROM and TO are each 'embedded' (the embedded PostgreSQL), 'configured' (what DATABASE_URL names), an address such
    as postgresql://user@host/database, or 'env:NAME': the address in the environment variable NAME. Others on this
    machine can read a command line: give an address with a password as env:NAME.
    """
    catalog_copy.copy_database(source, target, settings(), replace=replace)
