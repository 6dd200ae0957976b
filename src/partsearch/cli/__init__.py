"""The command line: one file a command, each parses its arguments and calls one function."""

import sys

import typer

from partsearch.cli.commands import CommandGroup
from partsearch.cli.output import OutputLostError, output
from partsearch.cli.unknown_settings import unknown_settings
from partsearch.errors import PartsearchError
from partsearch.system.disk import is_full_disk
from partsearch.system.log_config import configure_logging
from partsearch.system.terminal_text import without_control_characters

_FILE_ERRORS = (PermissionError, FileExistsError, NotADirectoryError, IsADirectoryError)

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def partsearch() -> None:
    """Spare parts search for cars: one contract, two services, one PostgreSQL."""


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
    from partsearch.database.errors.command_errors import database_error

    return database_error(error)


def _show_error(error: PartsearchError) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[red]Error:[/red] {escape(without_control_characters(str(error)))}")
    if error.next_step:
        console.print(escape(without_control_characters(error.next_step)))
