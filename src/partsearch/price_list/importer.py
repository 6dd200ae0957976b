"""The import from end to end, stage by stage."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from partsearch.catalog.loading import load_catalog
from partsearch.price_list.apply import apply
from partsearch.price_list.compare import Comparison, compare
from partsearch.price_list.errors import NoUsableRowsError
from partsearch.price_list.read import read_sheet
from partsearch.price_list.recognise import recognise
from partsearch.price_list.report import ImportReport
from partsearch.price_list.stage import Staged, stage
from partsearch.price_list.validate import RejectedRow, ValidRow, validate


def import_list(path: Path, *, dry_run: bool, content: bytes | None = None) -> ImportReport:
    """Import the list in one transaction and return the report; with ``dry_run`` only compare.

    Args:
        path: the list.
        dry_run: change nothing.
        content: the content of the file, if it has been read already.

    Raises:
        PriceListError: the list is unusable as a whole; nothing has changed.
    """
    started = monotonic()
    sheet = read_sheet(path, content)
    layout = recognise(sheet, path)
    rows = list(validate(sheet.records(), layout))
    usable = [row for row in rows if isinstance(row, ValidRow)]
    rejected = [row for row in rows if isinstance(row, RejectedRow)]
    if not usable:
        raise _no_usable_rows(path, rejected)
    staged = stage(usable)
    list_name = _list_name(path)
    comparison = _compare_and_apply(staged, list_name, dry_run=dry_run)
    return ImportReport(
        list_name=list_name,
        sheet=sheet,
        layout=layout,
        used=[row.row for row in staged.rows],
        rejected=[*rejected, *staged.repeated],
        comparison=comparison,
        dry_run=dry_run,
        seconds=monotonic() - started,
    )


def _list_name(path: Path) -> str:
    """Return the file name without its suffix, the same in every locale: some cannot decode all letters."""
    return os.fsencode(path.stem).decode(errors="replace")


def _compare_and_apply(staged: Staged, list_name: str, *, dry_run: bool) -> Comparison:
    if dry_run:
        return compare(staged.rows, list_name)

    def compare_and_apply() -> Comparison:
        comparison = compare(staged.rows, list_name)
        apply(comparison, list_name)
        return comparison

    return load_catalog(compare_and_apply)


def _no_usable_rows(path: Path, rejected: Sequence[RejectedRow]) -> NoUsableRowsError:
    if not rejected:
        return NoUsableRowsError(f"{path} has a header and no rows.", "Export the price list again.")
    reasons = Counter(row.reason for row in rejected).most_common()
    return NoUsableRowsError(
        f"{path} has no usable row: " + "; ".join(f"{reason} ({count})" for reason, count in reasons) + ".",
        f"Look at row {rejected[0].number}, correct the list, and import it again.",
    )
