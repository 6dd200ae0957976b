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
from partsearch.price_list.report import Report
from partsearch.price_list.stage import Staged, stage
from partsearch.price_list.validate import RejectedRow, ValidRow, validate


def import_list(path: Path, *, dry_run: bool, content: bytes | None = None) -> Report:
    """Brings the list into the catalog in one transaction, or with ``dry_run`` only finds out what that would do.

    Args:
        path: the list.
        dry_run: change nothing.
        content: what is in the list, where it has been read already.

    Raises:
        PriceListError: the list cannot be used at all; nothing was changed.
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
    return Report(
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
    """The name of the file without its ending, the same in every locale: in some, Python cannot read all letters."""
    return os.fsencode(path.stem).decode(errors="replace")


def _compare_and_apply(staged: Staged, list_name: str, *, dry_run: bool) -> Comparison:
    if dry_run:
        return compare(staged.rows, list_name)

    def bring_in() -> Comparison:
        comparison = compare(staged.rows, list_name)
        apply(comparison, list_name)
        return comparison

    return load_catalog(bring_in)


def _no_usable_rows(path: Path, rejected: Sequence[RejectedRow]) -> NoUsableRowsError:
    if not rejected:
        return NoUsableRowsError(f"{path} has a header and no rows.", "Export the price list again.")
    reasons = Counter(row.reason for row in rejected).most_common()
    return NoUsableRowsError(
        f"{path} has not one usable row: " + "; ".join(f"{reason} ({count})" for reason, count in reasons) + ".",
        f"Look at row {rejected[0].number}, correct the list, and import it again.",
    )
