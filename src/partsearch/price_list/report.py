"""The report of an import: what was read, what became of each row, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from partsearch.price_list.changes import Changes
from partsearch.price_list.formats import Table
from partsearch.price_list.layouts.rows import RowKind
from partsearch.price_list.recognise import Layout
from partsearch.price_list.row_counts import RowCounts
from partsearch.price_list.vehicles.resolve import VehicleCounts

_SKIPPED = {
    RowKind.SECTION: "Sections",
    RowKind.TOTAL: "Totals",
    RowKind.REPEATED_HEADER: "Repeated headers",
    RowKind.BLANK: "Blank",
}


@dataclass(frozen=True)
class ImportReport:
    """The result of an import.

    Attributes:
        source: the list that this one is an issue of.
        file_name: of the list, without its folder.
        sha256: of its content.
        rows: what became of its rows.
        vehicles: what the rows say of vehicles.
        changes: what the import does to the catalog.
        import_id: of the import in ``import list``; ``None`` for a dry run.
        is_same_file: the source gave this very file last time, and nothing changes.
        imported_before: when it did; ``None`` if that is unknown.
        taken_off: what of the file name is not part of the source.
        kept_profile: the columns are read by the profile that is kept with the source.
        warnings: what a person should look at, beside the warnings of the layout.
        rejected_file: the rejected rows as a CSV; ``None`` if there are none, or if it cannot be saved.
    """

    source: str
    file_name: str
    sha256: str
    table: Table
    layout: Layout
    rows: RowCounts
    vehicles: VehicleCounts
    changes: Changes
    dry_run: bool
    seconds: float
    import_id: int | None = None
    is_same_file: bool = False
    imported_before: datetime | None = None
    taken_off: str = ""
    kept_profile: bool = False
    warnings: Sequence[str] = ()
    rejected_file: Path | None = None

    @property
    def outcomes(self) -> dict[str, int]:
        """Return the number of rows of each outcome. Each row has exactly one, so that they add up to the rows read."""
        changes, rows = self.changes, self.rows
        return {
            "New": changes.new,
            "Changed": changes.changed,
            "Unchanged": changes.unchanged,
            "Sold": changes.sold,
            "Sold, not in the catalog": changes.sold_unknown,
            "Rejected": rows.rejected_count,
            **{label: rows.skipped_of(kind) for kind, label in _SKIPPED.items()},
        }
