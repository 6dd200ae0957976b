"""The transaction of an import: stage, match, compare, apply, or take everything back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from partsearch.catalog.loading import NameDirectory, load_catalog
from partsearch.catalog.vehicle_names import VehicleName
from partsearch.price_list.applying.apply import ImportRecord, apply
from partsearch.price_list.applying.compare import Comparison, compare
from partsearch.price_list.applying.confirm import alarms, require_confirmation
from partsearch.price_list.applying.match import list_name_of, match_rows, other_old_lists
from partsearch.price_list.applying.read import OnRow, RowReader, ignore_row, read_rows
from partsearch.price_list.applying.rejected import forget_rejected, has_rejected, rejected_rows
from partsearch.price_list.applying.stage import create_tables, has_references, is_known_outdated, reject_repeats
from partsearch.price_list.applying.vehicle_ids import stage_vehicles
from partsearch.price_list.errors import NoUsableRowsError
from partsearch.price_list.formats import Table
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.layouts.layout import Layout
from partsearch.price_list.progress import Progress
from partsearch.price_list.reporting.rejected_rows import with_cells
from partsearch.price_list.row_counts import RowCounts
from partsearch.price_list.vehicles import VehicleDirectory
from partsearch.price_list.vehicles.resolve import VehicleResolver


@dataclass(frozen=True)
class ImportOrder:
    """What is to be imported, and how.

    Attributes:
        path: of the list, for messages.
        profile: how the list is read, as TOML, for the next one of the source; empty if that was found.
        account: who runs the import.
        is_confirmed: go on even if much more changes than usual.
        is_partial: the list is only a part of the one of the source: nothing is gone.
        on_row: is called with each row.
        check_unchanged: raises UnreadableFileError if the file was changed while it was read.
        vehicles: the marks and models with their aliases.
    """

    path: Path
    source: str
    file_name: str
    sha256: str
    profile: str
    account: str
    started_at: datetime
    dry_run: bool
    is_confirmed: bool
    is_partial: bool
    progress: Progress
    on_row: OnRow
    check_unchanged: Callable[[], None]
    vehicles: Sequence[VehicleName]


@dataclass(frozen=True)
class ImportResult:
    """What has come of it.

    Attributes:
        import_id: ``None`` for a dry run.
        warnings: what a person should look at.
    """

    comparison: Comparison
    rows: RowCounts
    resolver: VehicleResolver
    import_id: int | None
    warnings: tuple[str, ...]


class _OutdatedError(Exception):
    """Another import has changed what rows were compared with; they have to be read again."""


def import_rows(order: ImportOrder, table: Table, layout: Layout) -> ImportResult:
    """Import the rows of a list, in one transaction.

    Rows that were not read, because their cells are those of the last list, are read if another import of the source
    has ended in the meantime.

    Raises:
        NoUsableRowsError: the list has none.
        ConfirmationNeededError: much more changes than usual.
        UnreadableFileError: the list turns out to be damaged, or was changed while it was read.
    """
    for trusts_cells in (True, False):
        try:
            with transaction.atomic():
                reader = _stage(order, table, layout, trusts_cells=trusts_cells)
                order.check_unchanged()
                result = _compare_and_apply(order, reader)
                transaction.set_rollback(order.dry_run)
                return result
        except _OutdatedError:
            # Every row that cannot be used was read and reported.
            order = replace(order, on_row=ignore_row)
    raise AssertionError("rows that were all read cannot be outdated")


def _stage(order: ImportOrder, table: Table, layout: Layout, *, trusts_cells: bool) -> RowReader:
    create_tables()
    catalog = NameDirectory()
    resolver = VehicleResolver(
        VehicleDirectory(order.vehicles),
        has_mark=lambda mark: catalog.find_mark(mark) is not None,
        has_model=lambda mark, model: catalog.find_model(mark, model) is not None,
    )
    counts = RowCounts()
    reader = RowReader(table, layout, resolver, order.vehicles, counts, order.on_row, order.progress)
    read_rows(reader, list_name_of(order.source) if trusts_cells else None)
    reject_repeats()
    _count_rejected(order, reader)
    if not counts.usable:
        raise _no_usable_rows(order.path, counts)
    return reader


def _count_rejected(order: ImportOrder, reader: RowReader) -> None:
    """Count the rows that were found to be unusable after all, and report them with their cells."""
    if has_rejected():
        for rejected in with_cells(rejected_rows(), reader.table.records()):
            reader.counts.reject_usable(rejected)
            order.on_row(None, rejected)
        forget_rejected()


def _compare_and_apply(order: ImportOrder, reader: RowReader) -> ImportResult:
    source = order.source

    def compare_and_apply() -> ImportResult:
        list_name = list_name_of(source)
        if reader.known and is_known_outdated(list_name):
            raise _OutdatedError
        directory = NameDirectory()
        comparison = _compare(order, reader, list_name, directory)
        warnings = [*alarms(comparison), *_old_list_warnings(source, list_name)]
        import_id = None
        if not order.dry_run:
            require_confirmation(comparison, is_confirmed=order.is_confirmed)
            order.progress.stage("writing")
            import_id = apply(comparison, _record(order, comparison, reader.counts), directory)
        return ImportResult(comparison, reader.counts, reader.resolver, import_id, tuple(warnings))

    order.progress.stage("comparing")
    return compare_and_apply() if order.dry_run else load_catalog(compare_and_apply)


def _compare(order: ImportOrder, reader: RowReader, list_name: str, directory: NameDirectory) -> Comparison:
    stage_vehicles(directory)
    names_parts = has_references()
    match_rows(list_name, has_references=names_parts)
    _count_rejected(order, reader)
    return compare(
        order.source,
        list_name,
        directory,
        is_whole=not order.is_partial and not names_parts,
        has_references=names_parts,
        locks=not order.dry_run,
    )


def _record(order: ImportOrder, comparison: Comparison, rows: RowCounts) -> ImportRecord:
    changes = comparison.changes
    counts = {
        "read": rows.read,
        "new": changes.new,
        "changed": changes.changed,
        "unchanged": changes.unchanged,
        "gone": changes.gone,
        "sold": changes.sold,
        "hidden": changes.gone + changes.sold,
        "shown_again": changes.shown_again,
        "sold_unknown": changes.sold_unknown,
        "rejected": rows.rejected_count,
        "skipped": rows.skipped_count,
    }
    return ImportRecord(
        order.source,
        order.file_name,
        order.sha256,
        order.started_at,
        order.account,
        order.profile,
        order.is_partial,
        counts,
    )


def _old_list_warnings(source: str, list_name: str) -> Iterator[str]:
    if others := other_old_lists(source, list_name):
        yield (
            f"Earlier releases imported {', '.join(others)} as lists of their own. Their parts stay as they are; "
            f"only those of {list_name} belong to the source {source} now."
        )


def _no_usable_rows(path: Path, counts: RowCounts) -> NoUsableRowsError:
    if not counts.rejected:
        return NoUsableRowsError(f"{label(path)} has a header and no rows.", "Export the price list again.")
    reasons = "; ".join(f"{reason} ({rows.count})" for reason, rows in counts.reasons())
    return NoUsableRowsError(
        f"{label(path)} has no usable row: {reasons}.",
        f"Look at row {counts.first_rejected[0].number}, correct the list, and import it again.",
    )
