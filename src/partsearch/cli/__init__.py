"""The command line: one file a verb, each parses and calls one function."""

import sys
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from partsearch.cli.bench import bench
from partsearch.cli.copy_database import copy_database
from partsearch.cli.deploy import deploy
from partsearch.cli.doctor import doctor
from partsearch.cli.down import down
from partsearch.cli.generate import generate
from partsearch.cli.import_price_list import import_price_list
from partsearch.cli.logs import logs
from partsearch.cli.manage import manage
from partsearch.cli.rollback import rollback
from partsearch.cli.site_command import DeployCommand, DoctorCommand, SiteCommand, UpCommand
from partsearch.cli.status import status
from partsearch.cli.up import up
from partsearch.cli.url import url
from partsearch.contract.errors import PartsearchError

app = typer.Typer(
    name="partsearch",
    help="Spare parts search for cars: one contract, two services, one PostgreSQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command(cls=UpCommand)(up)
app.command(cls=SiteCommand)(down)
app.command(cls=SiteCommand)(status)
app.command(cls=SiteCommand)(logs)
app.command(cls=DeployCommand)(deploy)
app.command(cls=SiteCommand)(rollback)
app.command(cls=DoctorCommand)(doctor)
app.command(cls=SiteCommand)(url)
app.command(cls=SiteCommand)(copy_database)
app.command(cls=SiteCommand)(generate)
app.command("import", cls=SiteCommand)(import_price_list)
app.add_typer(bench, name="bench")
app.command(
    cls=SiteCommand,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)(manage)


def main() -> None:
    """Runs a command; an error of ours is told in one or two lines, with exit code 1."""
    try:
        app()
    except PartsearchError as error:
        _tell(error)
    except PermissionError as error:
        _tell(_not_as_made(error))


def _tell(error: PartsearchError) -> NoReturn:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[red]Error:[/red] {escape(str(error))}")
    if error.next_step:
        console.print(escape(error.next_step))
    sys.exit(1)


def _not_as_made(error: PermissionError) -> PartsearchError:
    """Return the error for a file that the site's account may not use: somebody has changed it, or put a link there.

    Raises:
        PermissionError: no file is named, so that it is something else.
    """
    if not error.filename:
        raise error
    return PartsearchError(f"{error.filename} cannot be used: {error.strerror}.", "See 'partsearch doctor'.")
