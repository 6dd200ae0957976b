"""``partsearch import``, ``import undo`` and ``import list``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from partsearch import price_list
from partsearch.cli.commands import new_command
from partsearch.cli.import_group import ImportGroup
from partsearch.cli.output import output, works
from partsearch.cli.site_command import BackgroundCommand, SiteCommand
from partsearch.operation.access.privileges import account_controls, for_owner
from partsearch.price_list.errors import UnreadableFileError
from partsearch.price_list.formats.input.source import STANDARD_INPUT, open_file

_PROFILE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class PriceList:
    """A price list, opened as the user, who may read more than the site's account; None if the account opens it."""

    path: Path
    file: BinaryIO | None


def open_list(text: str) -> PriceList:
    """Return the price list of this path, opened before root becomes the account."""
    path = Path(text)
    is_for_later = path == STANDARD_INPUT or account_controls(path)
    return PriceList(path, None if is_for_later else open_file(path))


def read_profile_text(text: str) -> str:
    """Return the content of a profile, read before root becomes the account.

    Raises:
        UnreadableFileError: it cannot be read, or is no text.
    """
    path = Path(text)
    try:
        return for_owner(path, lambda: _content(path)).decode()
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{path} is no text in UTF-8.", "Give a file that --explain has saved.") from error


def _content(path: Path) -> bytes:
    with open_file(path) as file:
        return file.read(_PROFILE_BYTES)


command = new_command(cls=ImportGroup, invoke_without_command=True, subcommand_metavar="| undo | list")

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@command.callback()
def import_price_list(
    file: Annotated[
        PriceList,
        typer.Argument(
            parser=open_list,
            metavar="FILE",
            help="A price list: CSV, XLSX, XLS, YML or another; - for standard input.",
        ),
    ],
    *,
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="S", help="What the list is an issue of; absent, its file name tells."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen, and change nothing.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what is understood of each column, and save it as a profile.")
    ] = False,
    profile: Annotated[
        str | None,
        typer.Option("--profile", parser=read_profile_text, metavar="P", help="A profile: how to read the list."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="E", help="The encoding of a text, if it cannot be found.")
    ] = None,
    is_confirmed: Annotated[
        bool, typer.Option("--yes", help="Go on though the list shrank by half, or prices moved tenfold.")
    ] = False,
    is_partial: Annotated[
        bool,
        typer.Option("--partial", help="The list is a part of the source's: parts that it lacks stay as they are."),
    ] = False,
    as_json: _Json = False,
) -> None:
    """Bring a price list into the catalog. Running it again with the same list changes nothing.

    'undo' takes the last import back, and 'list' shows the imports. A file of that name is ./undo or ./list.
    """
    if explain:
        if as_json:
            raise typer.BadParameter("--explain prints no JSON: use one of the two.", param_hint="--json")
        price_list.explain(file.path, file=file.file, encoding=encoding, profile=profile)
        return
    if not dry_run:
        output.need_not_arrive()
    price_list.run(
        file.path,
        dry_run=dry_run,
        file=file.file,
        encoding=encoding,
        profile=profile,
        source=source,
        is_confirmed=is_confirmed,
        is_partial=is_partial,
        is_json=as_json,
    )


@command.command(cls=BackgroundCommand)
@works
def undo(
    source: Annotated[
        str | None, typer.Option("--source", metavar="S", help="Take back the last import of this source.")
    ] = None,
    *,
    as_json: _Json = False,
) -> None:
    """Take the last import back. Parts that were edited since are named and left."""
    price_list.undo(source, is_json=as_json)


@command.command("list", cls=SiteCommand)
def list_imports(*, as_json: _Json = False) -> None:
    """Show the newest imports: when, of which source, by whom, and what they changed."""
    price_list.list_imports(is_json=as_json)
