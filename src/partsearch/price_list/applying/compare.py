"""Compares the matched rows with their parts: what an import has to do, counted."""

from dataclasses import dataclass

from partsearch.catalog.loading import NameDirectory
from partsearch.price_list.applying.examples import example_changes, price_moves
from partsearch.price_list.applying.statements import rows, run, value
from partsearch.price_list.applying.vehicle_ids import MissingVehicles, missing_vehicles
from partsearch.price_list.changes import Changes


@dataclass(frozen=True)
class Comparison:
    """What an import has to do.

    Attributes:
        changes: for the report.
        missing: the marks and models to create.
        touched: the number of known parts of which anything is written, be it only their keys.
        matched: the rows that are parts of the catalog.
        shown_before: the parts of the source that were visible.
        leaps: the prices that rise or fall to a tenth or less, or ten times or more.
    """

    changes: Changes
    missing: MissingVehicles
    touched: int
    matched: int
    shown_before: int
    leaps: int


def compare(
    source: str, list_name: str, directory: NameDirectory, *, is_whole: bool, has_references: bool, locks: bool
) -> Comparison:
    """Find what the import has to do.

    Args:
        source: of the list.
        list_name: under which its parts are known.
        directory: the marks and models of the catalog.
        is_whole: a part that the list does not have is gone.
        has_references: whether rows name parts of this catalog themselves.
        locks: lock the parts that are written against other writers.
    """
    _find_changes(source, list_name, is_whole=is_whole, has_references=has_references, locks=locks)
    used, new, sold_unknown, matched = rows("count_rows")[0]
    changed, gone, sold, shown, touched = rows("count_changes")[0]
    missing = missing_vehicles(directory)
    moves, leaps = price_moves()
    hidden = rows("rows_in_hidden") if value("has_hidden_names") else []
    changes = Changes(
        new=new,
        changed=changed,
        unchanged=used - new - sold_unknown - changed - sold,
        gone=gone,
        sold=sold,
        sold_unknown=sold_unknown,
        shown_again=shown,
        in_hidden=sum(count for _, count in hidden),
        new_marks=missing.marks,
        new_models=missing.models,
        hidden_names=hidden,
        examples=example_changes(),
        prices=moves,
    )
    shown_before = value("count_shown_parts", list_name=list_name) if gone else 0
    return Comparison(changes, missing, touched, matched, shown_before, leaps)


def _find_changes(source: str, list_name: str, *, is_whole: bool, has_references: bool, locks: bool) -> None:
    run("find_changes", source=source)
    if has_references:
        run("find_changes_of_references")
    if is_whole:
        run("find_gone", source=source, list_name=list_name)
    run("release_keys", source=source, list_name=list_name)
    run("analyze_changes")
    if locks:
        run("lock_parts")
    run("drop_changes_of_deleted_parts")
    run("respect_visibility")
    run("drop_empty_changes", source=source, list_name=list_name)
    run("analyze_changes")
