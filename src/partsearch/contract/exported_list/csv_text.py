"""Exported lists as CSV that a Russian Excel opens as a table: UTF-8 with BOM, semicolons, decimal commas."""

from collections.abc import Iterable

from partsearch.contract.exported_list.cells import Cell
from partsearch.contract.exported_list.columns import HEADERS, row_of
from partsearch.contract.exported_list.formulas import harmless
from partsearch.contract.exported_list.part import ExportedPart

DELIMITER = ";"
_BOM = "\ufeff"


class CsvWriter:
    """Writes a list as CSV. No cell spans lines: texts with line ends are in the last column, escaped."""

    def begin(self) -> bytes:
        """Return the beginning, with the header."""
        return (_BOM + _line(HEADERS)).encode()

    def rows(self, parts: Iterable[ExportedPart]) -> bytes:
        """Return the rows of parts."""
        return "".join([_line(row_of(part)) for part in parts]).encode()

    def end(self) -> bytes:
        """Return the end."""
        return b""


def _line(row: Iterable[Cell]) -> str:
    return DELIMITER.join([_text(cell) if isinstance(cell, str) else _number(cell) for cell in row]) + "\r\n"


def _text(cell: str) -> str:
    if not cell:
        return ""
    text = harmless(cell)
    return '"{}"'.format(text.replace('"', '""')) if '"' in text or DELIMITER in text else text


def _number(cell: Cell) -> str:
    return f"{cell:f}".replace(".", ",") if not isinstance(cell, int) else str(cell)
