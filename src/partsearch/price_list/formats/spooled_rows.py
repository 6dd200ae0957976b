"""Rows of tables in temporary files, for formats that are parsed as a whole and read several times."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO

from partsearch.price_list.errors import TooLargeError
from partsearch.price_list.formats.limits import CELL_CHARACTERS, COLUMNS, FILE_BYTES, TABLES
from partsearch.price_list.formats.table import Record, Table


class SpooledRows:
    """Files of rows, one for each table.

    Args:
        folder: where the files go.
        too_large: raised if there are too many tables or rows.
    """

    def __init__(self, folder: Path, too_large: TooLargeError) -> None:
        self._folder = folder
        self._too_large = too_large
        self._opened: tuple[int, IO[str]] | None = None
        self._characters = 0
        self.tables: set[int] = set()

    def __enter__(self) -> "SpooledRows":
        return self

    def __exit__(self, *_: object) -> None:
        if self._opened:
            self._opened[1].close()

    def add(self, table: int, cells: Sequence[str]) -> None:
        """Add a row to a table. The rows of different tables may alternate."""
        if self._opened is None or self._opened[0] != table:
            if self._opened:
                self._opened[1].close()
            self.tables.add(table)
            if len(self.tables) > TABLES:
                raise self._too_large
            self._opened = table, self.file(table).open("a", encoding="ascii")
        line = json.dumps(cells)
        self._characters += len(line)
        if self._characters > FILE_BYTES:
            raise self._too_large
        self._opened[1].write(line + "\n")

    def file(self, table: int) -> Path:
        """Return the file of a table."""
        return self._folder / f"rows-{table}"

    def table(self, number: int, name: str, format_name: str, encoding: str = "") -> Table:
        """Return a table of the rows that were added."""
        return Table(name, format_name, encoding, "", partial(read_spooled, self.file(number)))


def read_spooled(file: Path) -> Iterator[Record]:
    """Yield the rows of a file, in which each line is a row as a JSON list of texts."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            cells = json.loads(line)
            if len(line) > CELL_CHARACTERS and any(len(cell) > CELL_CHARACTERS for cell in cells):
                yield Record(number, [], "too long to be a row")
            elif len(cells) > COLUMNS:
                yield Record(number, [], f"more than {COLUMNS:,} cells")
            else:
                yield Record(number, cells)
