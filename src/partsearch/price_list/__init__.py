"""Price lists: read -> recognise -> validate -> stage -> compare -> apply -> report, one file per stage."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rich.console import Console

from partsearch.database.account import RootRefusedError
from partsearch.database.django_setup import bulk_load, ensure_django
from partsearch.price_list.errors import PriceListError
from partsearch.settings import settings
from partsearch.system.signals import termination_signals_interrupt
from partsearch.system.terminal_text import terminal_text
from partsearch.totals.commands import fold_after_load

if TYPE_CHECKING:
    from partsearch.price_list.report import ImportReport
    from partsearch.price_list.reporting.rejected_rows import RejectedRows
    from partsearch.price_list.undo import UndoReport

_SHOWN_IMPORTS = 50


def run(
    path: Path,
    *,
    dry_run: bool = False,
    file: BinaryIO | None = None,
    encoding: str | None = None,
    profile: str | None = None,
    source: str | None = None,
    is_confirmed: bool = False,
    is_partial: bool = False,
    is_json: bool = False,
) -> "ImportReport":
    """Import a price list, print the report and return it. A second run with the same list changes nothing.

    The report is also kept in the home, unless this is a dry run. The rejected rows are kept there in any case.

    Args:
        path: the list, or ``-``.
        dry_run: report what an import would do, and change nothing.
        file: the open file, if this process may not open ``path`` itself.
        encoding: of a text; absent, it is found.
        profile: how to read the list, as TOML; absent, that is found.
        source: what the list is an issue of; absent, the file name tells.
        is_confirmed: go on where the list looks wrong as a whole.
        is_partial: the list is a part of what the source gives, so that nothing is gone.
        is_json: print one JSON object.

    Raises:
        PriceListError: the list is unusable as a whole, or the profile is invalid.
        DatabaseError: the database rejects the import, or is unavailable.
        LoadInterruptedError: Ctrl-C, or another signal that ends the command; nothing has changed.
    """
    from partsearch.price_list.profile import read_profile
    from partsearch.price_list.progress import show_progress
    from partsearch.price_list.reporting.rejected_rows import RejectedRows

    chosen = None if profile is None else read_profile(profile)
    home = settings().partsearch_home
    with termination_signals_interrupt(), RejectedRows(home) as rejected, bulk_load():
        from partsearch.price_list.importer import import_list

        with show_progress() as progress:
            report = import_list(
                path,
                dry_run=dry_run,
                file=file,
                encoding=encoding,
                profile=chosen,
                source=source,
                is_confirmed=is_confirmed,
                is_partial=is_partial,
                progress=progress,
                on_row=rejected.take,
            )
        report = _keep(report, rejected)
    if not dry_run:
        fold_after_load(new_parts=report.changes.new)
    _print(report, is_json=is_json)
    return report


def undo(source: str | None = None, *, is_json: bool = False) -> "UndoReport":
    """Take the last import back that changed something, print what that was, and return it.

    Args:
        source: take back the last import of this source.
        is_json: print one JSON object.

    Raises:
        PriceListError: there is no such import.
        DatabaseError: the database is unavailable.
        LoadInterruptedError: Ctrl-C, or another signal that ends the command; nothing has changed.
    """
    with termination_signals_interrupt(), bulk_load():
        from partsearch.price_list.undo import undo_last_import

        report = undo_last_import(source)
    fold_after_load()
    from partsearch.price_list.reporting import history
    from partsearch.price_list.reporting.json_text import print_json

    if is_json:
        print_json(history.undo_json(report), sys.stdout)
    else:
        history.show_undo(report, _console())
    return report


def list_imports(*, is_json: bool = False) -> None:
    """Print the newest imports.

    Args:
        is_json: print one JSON object.

    Raises:
        DatabaseError: the database is unavailable.
    """
    ensure_django()
    from partsearch.price_list import sources
    from partsearch.price_list.reporting import history
    from partsearch.price_list.reporting.json_text import print_json

    imports = sources.list_imports(_SHOWN_IMPORTS)
    if is_json:
        print_json(history.imports_json(imports), sys.stdout)
    else:
        history.show_imports(imports, _console())


def explain(
    path: Path, *, file: BinaryIO | None = None, encoding: str | None = None, profile: str | None = None
) -> None:
    """Print what is understood of each column of a list, and save that as a profile in the home.

    Marks and models are those of the database; if it is out of reach, those that are shipped, and that is printed.

    Args:
        path: the list, or ``-``.
        file: the open file, if this process may not open ``path`` itself.
        encoding: of a text; absent, it is found.
        profile: how to read the list, as TOML; absent, that is found.

    Raises:
        PriceListError: the list cannot be read, lacks columns, or does not fit the profile; or Ctrl-C.
    """
    from partsearch.price_list.explanation import explain_list, show_explanation
    from partsearch.price_list.known_aliases import known_aliases
    from partsearch.price_list.layouts.known_vehicles import known_vehicles
    from partsearch.price_list.profile import read_profile

    chosen = None if profile is None else read_profile(profile)
    aliases = known_aliases()
    try:
        with termination_signals_interrupt(), known_vehicles(aliases.names):
            explanation = explain_list(path, file=file, encoding=encoding, profile=chosen)
    except KeyboardInterrupt:
        raise PriceListError("Interrupted.", "Run the same command again.") from None
    explanation = replace(explanation, aliases=aliases.origin)
    show_explanation(explanation, _console())
    if chosen is None:
        _save_profile(path, explanation.profile)
    if explanation.problem:
        raise explanation.problem


def _console() -> Console:
    """Return stdout: words are wrapped on a terminal, and each fact is one line in a file or a pipe."""
    console = Console(highlight=False)
    console.soft_wrap = not console.is_terminal
    return console


def _keep(report: "ImportReport", rejected: "RejectedRows") -> "ImportReport":
    """Return the report with the path of its rejected rows, after keeping both in the home.

    The import is done: neither an error nor Ctrl-C makes it fail from here on.
    """
    from partsearch.price_list.reporting.files import new_name, remove_old_files, save_report

    home = settings().partsearch_home
    try:
        name = new_name(report.source, home)
        report = replace(report, rejected_file=rejected.save(report.layout, name))
        if rejected.error:
            _warn(f"The rejected rows cannot be saved in {home}: {_reason(rejected.error)}.")
        if not report.dry_run:
            _warn(f"The report is saved in {save_report(report, home, name)}.")
        if not report.dry_run or report.rejected_file:
            remove_old_files(home)
    except (OSError, RootRefusedError) as error:
        _warn(f"The import is done. Its report cannot be saved in {home}: {_reason(error)}.")
    except KeyboardInterrupt:
        _warn("Interrupted after the import was done. It stays; its report is not saved.")
    return report


def _print(report: "ImportReport", *, is_json: bool) -> None:
    from partsearch.price_list.reporting.json_text import print_json, report_json
    from partsearch.price_list.reporting.text import show

    try:
        if is_json:
            print_json(report_json(report), sys.stdout)
        else:
            show(report, _console())
    except KeyboardInterrupt:
        _warn("Interrupted after the work was done. 'partsearch import list' shows the imports.")


def _save_profile(path: Path, profile: str) -> None:
    from partsearch.price_list.list_name import default_source
    from partsearch.price_list.reporting.files import save_profile

    home = settings().partsearch_home
    try:
        saved = save_profile(default_source(path).name, profile, home)
    except OSError as error:
        raise PriceListError(f"The profile cannot be saved in {home}: {error.strerror}.", "Free some space.") from error
    _warn(f"The profile is saved in {saved}. Correct what is wrong there, and import with --profile.")


def _reason(error: OSError | RootRefusedError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else str(error).rstrip(".")


def _warn(line: str) -> None:
    """Print a line on stderr, whole: it names a path."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(terminal_text(line))
