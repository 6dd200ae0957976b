"""Tables of rows that name their columns, such as the offers of XML: the header is made from the names."""

from collections.abc import Callable, Iterator, Mapping, Sized
from pathlib import Path

from partsearch.price_list.errors import TooLargeError, UnreadableFileError
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.formats.limits import CELL_CHARACTERS, COLUMNS, NAMES, RECORD_CHARACTERS
from partsearch.price_list.formats.table import Record, Table

Row = dict[str, str]


def add(row: Row, name: str, value: str) -> None:
    """Add a value to a row, after a comma if the row has that name already. A cell that is too long grows no more."""
    value = value.strip()
    before = row.get(name, "")
    if len(before) <= CELL_CHARACTERS:
        row[name] = f"{before}, {value}" if before and value else before or value


def read_keyed_rows(path: Path, format_name: str, encoding: str | None, rows: Callable[[], Iterator[Row]]) -> Table:
    """Return the table of rows. They are read once here, for the names of all columns and to find damage early.

    Args:
        path: the name of the input, for messages.
        format_name: of the table.
        encoding: of the table.
        rows: returns the rows from the first one on.

    Raises:
        UnreadableFileError: there are no rows, or ``rows`` raises it.
        TooLargeError: there are too many columns.
    """
    columns = ColumnNames(path)
    for row in rows():
        columns.add(row)
    header = columns.names
    if not header:
        raise UnreadableFileError(f"{label(path)} has no offers.", "Export the price list again.")

    def records() -> Iterator[Record]:
        yield Record(1, header)
        positions = {name: index for index, name in enumerate(header)}
        for number, row in enumerate(rows(), 2):
            yield keyed_record(number, positions, row)

    return Table("", format_name, encoding or "", "", records, has_known_header=True)


def check_names(names: Sized, path: Path) -> None:
    """Raise TooLargeError if a file has more categories, groups or properties than are kept in memory."""
    if len(names) > NAMES:
        raise TooLargeError(
            f"{label(path)} has more than {NAMES:,} categories, groups or properties.",
            "Export the price list with fewer of them.",
        )


class ColumnNames:
    """The names of the columns of keyed rows, in the order in which they appear."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: dict[str, None] = {}
        self._characters = self._longest = 0

    @property
    def names(self) -> list[str]:
        return list(self._names)

    def add(self, row: Mapping[str, object]) -> None:
        """Add the names of a row.

        Raises:
            TooLargeError: there are too many names, or they are too long.
        """
        for name in row:
            if name not in self._names:
                self._names[name] = None
                self._characters += len(name)
                self._longest = max(self._longest, len(name))
        is_many = len(self._names) > COLUMNS or self._characters > RECORD_CHARACTERS
        if is_many or self._longest > CELL_CHARACTERS:
            raise TooLargeError(
                f"{label(self._path)} has more than {COLUMNS:,} columns, or too long names of them.",
                "Export the price list with fewer of them.",
            )


def keyed_record(number: int, positions: Mapping[str, int], row: Row) -> Record:
    """Return the record of a row, its cells at the positions of their columns. Other cells are left out."""
    if any(len(cell) > CELL_CHARACTERS for cell in row.values()):
        return Record(number, [], "too long to be a row")
    cells = [""] * len(positions)
    for name, cell in row.items():
        if (position := positions.get(name)) is not None:
            cells[position] = cell
    return Record(number, cells)
