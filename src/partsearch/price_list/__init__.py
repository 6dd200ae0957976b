"""Price lists: read -> recognise -> validate -> stage -> compare -> apply -> report, one file a stage."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from partsearch.database.account import RootRefusedError
from partsearch.database.django_setup import bulk_load
from partsearch.settings import settings

if TYPE_CHECKING:
    from partsearch.price_list.report import Report


def run(path: Path, *, dry_run: bool = False, content: bytes | None = None) -> "Report":
    """Brings a price list into the catalog and prints the report. A second run with the same list changes nothing.

    The report is kept in the home too, since an import is done whether anybody sees the report or not.

    Args:
        path: the list; its name without the ending tells it apart from other lists.
        dry_run: report what would be done, and change nothing.
        content: what is in the list, where it has been read already.

    Raises:
        PriceListError: the list cannot be used at all.
        DatabaseError: the database refuses, or is out of reach.
    """
    with bulk_load():
        from partsearch.price_list.procedure import import_list
        from partsearch.price_list.report import show

        report = import_list(path, dry_run=dry_run, content=content)
    if not dry_run:
        _keep(report)
    show(report, Console(highlight=False, soft_wrap=True))
    return report


def _keep(report: "Report") -> None:
    from partsearch.price_list.kept import keep_report

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    home = settings().partsearch_home
    try:
        console.print(f"The report is kept in {keep_report(report, home)}.", markup=False)
    except (OSError, RootRefusedError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
        console.print(f"The import is done. Its report cannot be kept in {home}: {why}.", markup=False)
