"""The command line: one file a verb, each parses and calls one function."""

import errno
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
app.command()(up)
app.command()(down)
app.command()(status)
app.command()(logs)
app.command()(deploy)
app.command()(rollback)
app.command()(doctor)
app.command()(url)
app.command()(copy_database)
app.command()(generate)
app.command("import")(import_price_list)
app.add_typer(bench, name="bench")
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})(
    manage
)


def main() -> None:
    """Runs a command; an error of ours is told in one or two lines, with exit code 1."""
    try:
        app()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        _fail(PartsearchError("The disk is full: nothing more can be written.", "Make room, then run it again."))
    except PartsearchError as error:
        _fail(error)


def _fail(error: PartsearchError) -> NoReturn:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[red]Error:[/red] {escape(str(error))}")
    if error.next_step:
        console.print(escape(error.next_step))
    sys.exit(1)
