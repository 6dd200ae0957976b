"""Price lists: read -> recognise -> validate -> stage -> compare -> apply -> report, one file a stage."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from partsearch.database.django_setup import bulk_load

if TYPE_CHECKING:
    from partsearch.price_list.report import Report


def run(path: Path, *, dry_run: bool = False, content: bytes | None = None) -> "Report":
    """Brings a price list into the catalog and prints the report. A second run with the same list changes nothing.

    Args:
        path: the list; its name without the ending tells it apart from other lists.
        dry_run: report what would be done, and change nothing.
        content: what is in the list, where it has been read already.

    Raises:
        PriceListError: the list cannot be used at all.
        DatabaseError: the database is out of reach or has not the tables of this release.
    """
    with bulk_load():
        from partsearch.price_list.procedure import import_list
        from partsearch.price_list.report import show

        report = import_list(path, dry_run=dry_run, content=content)
    show(report, Console(highlight=False, soft_wrap=True))
    return report
