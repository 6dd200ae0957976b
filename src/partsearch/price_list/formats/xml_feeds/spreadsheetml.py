"""SpreadsheetML, the XML of Excel 2003, which many programs save as ``.xls`` or ``.xml``."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from partsearch.price_list.errors import TooLargeError, UnreadableFileError
from partsearch.price_list.formats.cell_text import cell_text, number_text
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.formats.limits import COLUMNS, ROWS
from partsearch.price_list.formats.spans import SpannedRows
from partsearch.price_list.formats.spooled_rows import SpooledRows
from partsearch.price_list.formats.table import Table
from partsearch.price_list.formats.xml_feeds.elements import read_elements

ROOT = "Workbook"
_SHEET, _ROW, _CELL, _DATA, _VISIBLE = "Worksheet", "Row", "Cell", "Data", "Visible"
_MIDNIGHT = re.compile(r"T00:00:00(?:\.0+)?$")
_FRACTION = re.compile(r"\.0+$")


def read_spreadsheetml(file: Path, path: Path, folder: Path, encoding: str | None) -> list[Table]:
    """Return a table for each visible sheet that has rows.

    Args:
        file: the XML file.
        path: the name of the input, for messages.
        folder: where a temporary file with the rows of each sheet goes.
        encoding: that the user has given.

    Raises:
        UnreadableFileError: the file is damaged or too large, or has no visible sheet with rows.
    """
    too_large = TooLargeError(f"{label(path)} has too many rows, columns or sheets.", "Export the list as CSV.")
    sheets: list[str] = []
    hidden: set[int] = set()
    with SpooledRows(folder, too_large) as spooled:
        reader = _SheetReader(too_large)
        for element in read_elements(file, path, _both(_ROW, _VISIBLE), encoding, starts=_both(_SHEET)):
            tag = _plain(element.tag)
            if tag == _SHEET:
                sheets.append(_attributes(element).get("Name", ""))
                reader = _SheetReader(too_large)
            elif tag == _VISIBLE:
                hidden.add(len(sheets))
            else:
                for cells in reader.rows_of(element):
                    spooled.add(len(sheets), cells)
    found = sorted(spooled.tables - hidden)
    if not found:
        raise UnreadableFileError(f"{label(path)} has no visible sheet with rows.", "Export the price list again.")
    return [spooled.table(number, _name(sheets, number), "spreadsheetml") for number in found]


def _both(*tags: str) -> tuple[str, ...]:
    """Return the tags without a prefix and with the usual one."""
    return (*tags, *(f"ss:{tag}" for tag in tags), *(f"x:{tag}" for tag in tags))


def _plain(name: str) -> str:
    return name.rpartition(":")[2]


def _attributes(element: Element) -> dict[str, str]:
    return {_plain(name): value for name, value in element.attrib.items()}


def _name(sheets: list[str], number: int) -> str:
    """Return the name of a sheet; a repeated or missing one gets its number."""
    name = sheets[number - 1] if number else ""
    return name if name and sheets.count(name) == 1 else f"{name} {number}".strip()


class _SheetReader:
    """Makes the rows of one sheet. Rows and cells with an index leave blank ones before them."""

    def __init__(self, too_large: TooLargeError) -> None:
        self._too_large = too_large
        self._spans = SpannedRows(too_large)
        self._rows = 0

    def rows_of(self, element: Element) -> Iterator[list[str]]:
        """Yield the row of an element, after the blank ones before it."""
        index = _number(_attributes(element).get("Index"))
        if index > ROWS or self._rows >= ROWS:
            raise self._too_large
        while self._rows < index - 1:
            yield self._end_row()
        self._spans.begin_row()
        for cell in element:
            if _plain(cell.tag) == _CELL:
                self._add(cell)
        yield self._end_row()

    def _add(self, cell: Element) -> None:
        attributes = _attributes(cell)
        if index := _number(attributes.get("Index")):
            self._spans.skip_to(index - 1)
        columns, rows = _number(attributes.get("MergeAcross")) + 1, _number(attributes.get("MergeDown")) + 1
        if columns > COLUMNS or rows > ROWS:
            raise self._too_large
        self._spans.add(_value(cell), columns, rows)

    def _end_row(self) -> list[str]:
        """Return the cells of the row; of one that has not begun those that reach down to it."""
        self._rows += 1
        cells = self._spans.end_row()
        while cells and not cells[-1]:
            cells.pop()
        return cells


def _number(text: str | None) -> int:
    """Return a whole number; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _value(cell: Element) -> str:
    """Return the text of a cell as people write it."""
    data = next((part for part in cell if _plain(part.tag) == _DATA), None)
    if data is None:
        return ""
    text = "".join(data.itertext()).strip()
    match _attributes(data).get("Type"):
        case "Number":
            return number_text(text)
        case "DateTime":
            return _FRACTION.sub("", _MIDNIGHT.sub("", text))
        case "Boolean":
            return cell_text(text == "1")
        case _:
            return cell_text(text)
