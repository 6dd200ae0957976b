"""Price lists: read -> recognise -> validate -> stage -> compare -> apply -> report, one file per stage."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from partsearch.database.account import RootRefusedError
from partsearch.database.django_setup import bulk_load
from partsearch.settings import settings
from partsearch.totals.commands import fold_after_load

if TYPE_CHECKING:
    from partsearch.price_list.report import ImportReport


def run(path: Path, *, dry_run: bool = False, content: bytes | None = None) -> "ImportReport":
    """Import a price list, print the report and return it. A second run with the same list changes nothing.

    The report is also saved in the home.

    Args:
        path: the list; its file name without the suffix identifies it among other lists.
        dry_run: report what an import would do, and change nothing.
        content: the content of the file, if it has been read already.

    Raises:
        PriceListError: the list is unusable as a whole.
        DatabaseError: the database rejects the import, or is unavailable.
    """
    with bulk_load():
        from partsearch.price_list.importer import import_list
        from partsearch.price_list.report import show

        report = import_list(path, dry_run=dry_run, content=content)
    if not dry_run:
        fold_after_load()
        _save(report)
    show(report, Console(highlight=False, soft_wrap=True))
    return report


def _save(report: "ImportReport") -> None:
    from partsearch.price_list.report_file import save_report

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    home = settings().partsearch_home
    try:
        console.print(f"The report is saved in {save_report(report, home)}.", markup=False)
    except (OSError, RootRefusedError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
        console.print(f"The import is done. Its report cannot be saved in {home}: {why}.", markup=False)
