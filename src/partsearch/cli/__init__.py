"""The command line: one file a command, each parses its arguments and calls one function."""

import sys

import typer
from rich.console import Console
from rich.markup import escape

from partsearch.cli.bench import bench
from partsearch.cli.copy_database import copy_database
from partsearch.cli.deploy import deploy
from partsearch.cli.doctor import doctor
from partsearch.cli.down import down
from partsearch.cli.export import export
from partsearch.cli.generate import generate
from partsearch.cli.import_price_list import imports
from partsearch.cli.logs import logs
from partsearch.cli.manage import manage
from partsearch.cli.output import OutputLostError, output, works
from partsearch.cli.rollback import rollback
from partsearch.cli.site_command import DeployCommand, DoctorCommand, SiteCommand, UpCommand
from partsearch.cli.status import status
from partsearch.cli.totals import totals
from partsearch.cli.unknown_settings import unknown_settings
from partsearch.cli.up import up
from partsearch.cli.url import url
from partsearch.database.errors.command_errors import database_error
from partsearch.errors import PartsearchError
from partsearch.system.disk import is_full_disk
from partsearch.system.log_config import configure_logging

_FILE_ERRORS = (PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError)

app = typer.Typer(
    name="partsearch",
    help="Spare parts search for cars: one contract, two services, one PostgreSQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command(cls=UpCommand)(works(up))
app.command(cls=SiteCommand)(works(down))
app.command(cls=SiteCommand)(status)
app.command(cls=SiteCommand)(logs)
app.command(cls=DeployCommand)(works(deploy))
app.command(cls=SiteCommand)(works(rollback))
app.command(cls=DoctorCommand)(doctor)
app.command(cls=SiteCommand)(url)
app.command(cls=SiteCommand)(works(copy_database))
app.command(cls=SiteCommand)(works(generate))
app.add_typer(imports, name="import")
app.command(cls=SiteCommand)(export)
app.add_typer(totals, name="totals")
app.add_typer(bench, name="bench")
app.command(
    cls=SiteCommand,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)(manage)


def main() -> None:
    """Run a command; print a PartsearchError or an error of the database in one or two lines, with exit code 1."""
    output.take()
    configure_logging()
    for warning in unknown_settings():
        sys.stderr.write(f"Warning: {warning}\n")
    sys.exit(output.exit_code(_run()))


def _run() -> int:
    """Run the command and return its exit code."""
    try:
        app()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 0 if exit_.code is None else 1
    except OutputLostError:
        return 1
    except Exception as error:
        known = _as_partsearch_error(error)
        if known is None:
            raise
        _show_error(known)
        return 1
    return 0


def _as_partsearch_error(error: Exception) -> PartsearchError | None:
    """Return the error to show to the user; ``None`` for a bug of the program."""
    if isinstance(error, PartsearchError):
        return error
    if isinstance(error, _FILE_ERRORS) and error.filename:
        # Another program has changed files of the home, or put a link there.
        return PartsearchError(f"{error.filename} cannot be used: {error.strerror}.", "See 'partsearch doctor'.")
    if isinstance(error, OSError) and is_full_disk(error):
        return PartsearchError("The disk is full: nothing can be written.", "Free some space, then run it again.")
    return database_error(error)


def _show_error(error: PartsearchError) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[red]Error:[/red] {escape(str(error))}")
    if error.next_step:
        console.print(escape(error.next_step))
