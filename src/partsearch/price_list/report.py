"""Stage seven: the report of an import for the terminal."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from partsearch.catalog.names import name_key
from partsearch.price_list.compare import Comparison
from partsearch.price_list.read import Sheet
from partsearch.price_list.recognise import Layout
from partsearch.price_list.validate import RejectedRow, ValidRow

_SHOWN_ROWS = 8
_SHOWN_NAMES = 12
_DELIMITER_NAMES = {"\t": "tab"}


@dataclass(frozen=True)
class ImportReport:
    """The result of an import.

    Attributes:
        used: the rows that are in the catalog after the import, each key once.
        rejected: the rows that were not used, with the repeated ones.
    """

    list_name: str
    sheet: Sheet
    layout: Layout
    used: Sequence[ValidRow]
    rejected: Sequence[RejectedRow]
    comparison: Comparison
    dry_run: bool
    seconds: float

    @property
    def rows_read(self) -> int:
        return len(self.used) + len(self.rejected)


def show(report: ImportReport, console: Console) -> None:
    """Print the report."""
    delimiter = _DELIMITER_NAMES.get(report.sheet.delimiter, report.sheet.delimiter)
    layout = report.layout
    console.print(
        f"Price list {report.list_name}: encoding {report.sheet.encoding}, delimiter {delimiter}, "
        f"header in row {layout.header_number}.",
        markup=False,
    )
    columns = "; ".join(f"{column.header} → {column.meaning}" for column in layout.columns)
    console.print(f"Columns: {columns}.", markup=False)
    if layout.ignored:
        console.print(f"Columns ignored: {'; '.join(layout.ignored)}.", markup=False)
    console.print(_counts(report))
    _show_names(report.comparison, console)
    _show_spellings(report.used, console)
    _show_rejected(report.rejected, console)
    _show_left_out(report.used, console)
    console.print(_last_line(report), markup=False)


def _counts(report: ImportReport) -> Table:
    comparison = report.comparison
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    for label, count in (
        ("Rows read", report.rows_read),
        ("Usable", len(report.used)),
        ("Rejected", len(report.rejected)),
        ("Added", len(comparison.added)),
        ("Updated", len(comparison.changed)),
        ("Unchanged", comparison.unchanged),
        ("No longer in the list, left unchanged", comparison.not_in_list),
        ("Marks created", len(comparison.new_marks)),
        ("Models created", len(comparison.new_models)),
    ):
        table.add_row(label, f"{count:,}")
    return table


def _show_names(comparison: Comparison, console: Console) -> None:
    if comparison.new_marks:
        console.print(f"New marks: {_some(comparison.new_marks, _SHOWN_NAMES)}.", markup=False)
    if comparison.new_models:
        models = [f"{mark} {model}" for mark, model in comparison.new_models]
        console.print(f"New models: {_some(models, _SHOWN_NAMES)}.", markup=False)


def _show_spellings(used: Iterable[ValidRow], console: Console) -> None:
    by_key: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in used:
        by_key[name_key(row.mark)][row.mark] += 1
    for spellings in by_key.values():
        if len(spellings) > 1:
            counted = ", ".join(f"{mark} ({count:,})" for mark, count in spellings.most_common())
            console.print(f"Treated as one mark: {counted}.", markup=False)


def _show_rejected(rejected: Iterable[RejectedRow], console: Console) -> None:
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for row in rejected:
        by_reason[row.reason].append(f"{row.number} ({row.detail})" if row.detail else str(row.number))
    for reason, rows in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        console.print(f"Rejected, {reason} ({len(rows):,}): row {_some(rows, _SHOWN_ROWS)}.", markup=False)


def _show_left_out(used: Iterable[ValidRow], console: Console) -> None:
    by_key: defaultdict[str, list[str]] = defaultdict(list)
    for row in used:
        for left_out in row.left_out:
            by_key[left_out.key].append(f"{row.number} ({left_out.text})")
    for key, rows in by_key.items():
        console.print(f"Used without {key}, unreadable ({len(rows):,}): row {_some(rows, _SHOWN_ROWS)}.", markup=False)


def _last_line(report: ImportReport) -> str:
    if report.dry_run:
        return f"Dry run: nothing was changed. {report.seconds:.1f} s."
    return f"Imported in {report.seconds:.1f} s."


def _some(texts: Sequence[str], most: int) -> str:
    more = f" and {len(texts) - most:,} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more
