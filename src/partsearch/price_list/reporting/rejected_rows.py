"""The rejected rows of a list as a CSV in the home that can be corrected and imported."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from partsearch.contract.exported_list.formulas import harmless
from partsearch.database.account import RootRefusedError
from partsearch.price_list.columns import MEANINGS, Field
from partsearch.price_list.formats import Record
from partsearch.price_list.layouts.columns_found import columns_by_header
from partsearch.price_list.layouts.header_rows import Header
from partsearch.price_list.layouts.layout import Column, Layout
from partsearch.price_list.layouts.prices import choose_price
from partsearch.price_list.reporting.files import REJECTED_ENDING, imports_folder, write_new
from partsearch.price_list.validate import RejectedRow, SkippedRow, ValidRow

ROW_TITLE = "Row"
REASON_TITLE = "Reason"
_ADDED_TITLES = (ROW_TITLE, REASON_TITLE)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ATTEMPTS = 3


class RejectedRows:
    """Takes the rejected rows while the list is read, and saves them at its end.

    They wait in a file of the home that has no name and vanishes with the process. A full disk does not stop the
    import.

    Attributes:
        error: why the rows cannot be kept; ``None`` if they are.
    """

    def __init__(self, home: Path) -> None:
        self.error: OSError | RootRefusedError | None = None
        self._home = home
        self._waiting: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._waiting is not None:
            self._waiting.close()

    def take(self, record: Record | None, row: ValidRow | RejectedRow | SkippedRow) -> None:
        """Take a row; only a rejected one is kept."""
        if not isinstance(row, RejectedRow) or self.error is not None:
            return
        cells = row.cells or tuple(record.cells if record else ())
        reason = f"{row.reason}: {row.detail}" if row.detail and row.detail not in cells else row.reason
        try:
            if self._waiting is None:
                self._waiting = tempfile.TemporaryFile(dir=imports_folder(self._home))  # noqa: SIM115
            self._waiting.write(json.dumps([row.number, reason, cells]).encode() + b"\n")
        except (OSError, RootRefusedError) as error:
            self.error = error

    def save(self, layout: Layout, name: str) -> Path | None:
        """Return the path of the new file; ``None`` if no row was rejected, or if ``error`` says why there is none.

        Args:
            layout: of the list.
            name: how the name of the file begins.
        """
        if self._waiting is None or self.error is not None:
            return None
        try:
            self._waiting.seek(0)
            content = _csv_lines(map(json.loads, self._waiting), layout)
            return write_new(imports_folder(self._home), name, REJECTED_ENDING, content)
        except (OSError, RootRefusedError) as error:
            self.error = error
            return None


def with_cells(rows: Iterable[RejectedRow], records: Iterable[Record]) -> Iterator[RejectedRow]:
    """Yield rows that were found without their cells, with them. Nothing but the row at hand is in memory.

    Args:
        rows: in the order of their numbers.
        records: of the list, from the first one on.
    """
    remaining = iter(records)
    for row in rows:
        record = next((record for record in remaining if record.number >= row.number), None)
        is_found = record is not None and record.number == row.number
        yield replace(row, cells=tuple(record.cells)) if record is not None and is_found else row


def titles_of(layout: Layout) -> list[str]:
    """Return a title for each column of the list, as the list has it.

    Where the import would not read the title alone as it reads the list, it is a usual title of that meaning, or one
    without a meaning: the list may have no header, a header of several rows, or a profile. A spreadsheet runs none.
    """
    columns = {column.index: column for column in layout.every_column}
    titles = [harmless(columns[index].header) if index in columns else "" for index in range(layout.width)]
    for _ in range(_ATTEMPTS):
        understood = _understand(titles)
        wrong = [
            index
            for index, title in enumerate(titles)
            if not title or _meaning(understood.get(index)) != _meaning(columns.get(index))
        ]
        if not wrong:
            break
        for index in wrong:
            titles[index] = _usual_title(index, columns.get(index))
    return titles


def _understand(titles: Sequence[str]) -> dict[int, Column]:
    """Return the columns as the import understands a list with these titles."""
    record = Record(2, ["1"] * len(titles))
    by_header = columns_by_header(Header((1,), tuple(titles)), [record])
    layout = choose_price(by_header)
    chosen = {column.index: column for column in layout.every_column}
    # Of several prices the import takes one that has cells. The rejected rows may have none in the column of the list.
    other_prices = {column.index: column for column in by_header.every_column if column.meaning is Field.PRICE}
    return chosen | other_prices


def _meaning(column: Column | None) -> tuple[str, str]:
    """Return what is imported of a column: its meaning and its currency; empty for one that is ignored."""
    return (str(column.meaning), column.currency) if column and column.is_imported else ("", "")


def _usual_title(index: int, column: Column | None) -> str:
    if column is None or not column.is_imported:
        return f"Column {index + 1}"
    usual = (header for header, meaning in MEANINGS.items() if str(meaning) == str(column.meaning))
    title = next(usual, "") or harmless(column.header) or f"Column {index + 1}"
    return f"{title.capitalize()}, {column.currency}" if column.currency else title.capitalize()


def _csv_lines(rows: Iterable[tuple[int, str, list[str]]], layout: Layout) -> Iterator[bytes]:
    """Yield the lines of the file. Cells beyond the columns of the list come last."""
    titles = titles_of(layout)
    kept = [index for index, title in enumerate(titles) if title not in _ADDED_TITLES]
    yield _BYTE_ORDER_MARK + _csv_line([*(titles[index] for index in kept), *_ADDED_TITLES])
    for number, reason, cells in rows:
        own = [cells[index] if index < len(cells) else "" for index in kept]
        yield _csv_line([*map(_written, own), str(number), reason, *map(_written, cells[len(titles) :])])


def _written(cell: str) -> str:
    """Return a cell of the list as the file has it. One with an apostrophe keeps it: the import took it off, too."""
    return cell if cell.startswith("'") else harmless(cell)


def _csv_line(cells: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow(cells)
    return line.getvalue().encode(errors="replace")
