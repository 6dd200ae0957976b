"""The tables of an HTML page; many programs save such a page as ``.xls``."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from partsearch.price_list.errors import TooLargeError, UnreadableFileError
from partsearch.price_list.formats.encoding.find import encoding_name, find_encoding, marked_encoding
from partsearch.price_list.formats.input.signatures import HEAD_BYTES
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.formats.limits import COLUMNS, MEBIBYTE, RECORD_CHARACTERS
from partsearch.price_list.formats.spans import SpannedRows
from partsearch.price_list.formats.spooled_rows import SpooledRows
from partsearch.price_list.formats.table import Table

_CHUNK_CHARACTERS = 64 * 1024
_UNFINISHED_CHARACTERS = 16 * 1024
"""Of an unfinished tag at the end. The parser looks for its end from each of its characters on."""

_LONG_REFERENCE = re.compile("&#[0-9]{8,};?")
"""No character has so many digits; the parser fails at more than 4,300."""

_OPEN_REFERENCE = re.compile("&#[0-9]{8,}$")
_SHORTEST_LONG_REFERENCE = 10

_DEEPEST = 50
_CELLS = ("td", "th")
_DECLARED_ENCODING = re.compile(rb"""<meta[^>]{0,200}charset=["']?([\w-]+)""", re.IGNORECASE)


def read_html(file: Path, path: Path, folder: Path, encoding: str | None) -> list[Table]:
    """Return a table for each table of the page that has rows. A table within another one is a table of its own.

    Args:
        file: the page.
        path: the name of the input, for messages.
        folder: where a temporary file with the rows of each table goes.
        encoding: that the user has given; else that of the page's ``<meta>``, or the one that fits.

    Raises:
        UnreadableFileError: the page has no table, or a limit is exceeded.
    """
    codec = _find_encoding(file, path, encoding)
    with SpooledRows(folder, _too_large(path)) as spooled:
        for index, cells in _rows(file, path, codec):
            spooled.add(index, cells)
    found = sorted(spooled.tables)
    if not found:
        raise UnreadableFileError(f"{label(path)} is a web page without a table.", "Export the price list again.")
    names = [f"{number}" for number in range(1, len(found) + 1)] if len(found) > 1 else [""]
    return [spooled.table(index, name, "html", encoding_name(codec)) for name, index in zip(names, found, strict=True)]


def _too_large(path: Path) -> TooLargeError:
    return TooLargeError(f"{label(path)} has a cell, row or page that is too large.", "Export the list as CSV.")


def _find_encoding(file: Path, path: Path, given: str | None) -> str:
    """Return the codec: UTF-8 if the page is valid in it, else the declared one, else the one that fits."""
    if given:
        return find_encoding(file, path, given)
    try:
        return find_encoding(file, path, marked_encoding(file) or "utf-8")
    except UnreadableFileError:
        with file.open("rb") as page:
            declared = _DECLARED_ENCODING.search(page.read(HEAD_BYTES))
        return find_encoding(file, path, declared[1].decode() if declared else None)


def _rows(file: Path, path: Path, codec: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of all tables, each with the index of its table."""
    parser = _TableParser(_too_large(path))
    with file.open(encoding=codec) as stream:
        while chunk := stream.read(_CHUNK_CHARACTERS):
            parser.feed(chunk)
            parser.check_unfinished(MEBIBYTE)
            yield from parser.take()
    if parser.cdata_elem is None:
        parser.check_unfinished(_UNFINISHED_CHARACTERS)
    parser.close()
    yield from parser.take()


class _OpenTable:
    """A table whose end has not been read."""

    def __init__(self, index: int, too_large: TooLargeError) -> None:
        self.index = index
        self.rows = SpannedRows(too_large)
        self.first: list[str] | None = None
        self.count = 0
        self.text: list[str] | None = None
        self.span = (1, 1)


class _TableParser(HTMLParser):
    """Collects the rows of tables."""

    def __init__(self, too_large: TooLargeError) -> None:
        super().__init__(convert_charrefs=True)
        self._too_large = too_large
        self._tables = 0
        self._open: list[_OpenTable] = []
        self._done: list[tuple[int, list[str]]] = []
        self._characters = 0
        self._open_reference = ""

    def take(self) -> list[tuple[int, list[str]]]:
        """Return the rows that are complete, with the index of their table."""
        done, self._done = self._done, []
        return done

    def check_unfinished(self, most: int) -> None:
        """Raise TooLargeError if the parser waits for the end of a tag that began more than so many characters ago."""
        if len(self.rawdata) > most:
            raise self._too_large

    def feed(self, data: str) -> None:
        """Read more of the page. A reference to a character that cannot exist becomes U+FFFD, as in a browser."""
        text, self.rawdata = self.rawdata + self._open_reference + data, ""
        if unfinished := _OPEN_REFERENCE.search(text):
            text, self._open_reference = text[: unfinished.start()], unfinished[0][:_SHORTEST_LONG_REFERENCE]
        else:
            self._open_reference = ""
        super().feed(_LONG_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", text))

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002
        """Return the end of ``<![...>``. Older versions of the parser raise AssertionError where it is malformed."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            if len(self._open) >= _DEEPEST:
                raise self._too_large
            self._open.append(_OpenTable(self._tables, self._too_large))
            self._tables += 1
            return
        if not self._open and tag in ("tr", *_CELLS):
            self.handle_starttag("table", [])  # a fragment of a page
        if self._open and tag == "tr":
            self._end_row(self._open[-1])
            self._open[-1].rows.begin_row()
        elif self._open and tag in _CELLS:
            self._start_cell(self._open[-1], dict(attrs))
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        if not self._open:
            return
        if tag in _CELLS:
            _end_cell(self._open[-1])
        elif tag in ("tr", "table"):
            self._end_row(self._open[-1])
        if tag == "table":
            self._end_table(self._open.pop())

    def handle_data(self, data: str) -> None:
        if self._open and (text := self._open[-1].text) is not None:
            self._characters += len(data)
            if self._characters > RECORD_CHARACTERS:
                raise self._too_large
            text.append(data)

    def close(self) -> None:
        super().close()
        while self._open:
            table = self._open.pop()
            self._end_row(table)
            self._end_table(table)

    def _start_cell(self, table: _OpenTable, attributes: dict[str, str | None]) -> None:
        _end_cell(table)
        table.text = []
        table.span = (_span(attributes.get("colspan")), _span(attributes.get("rowspan")))

    def _end_row(self, table: _OpenTable) -> None:
        _end_cell(table)
        if table.rows.is_in_row:
            cells = table.rows.end_row()
            table.count += 1
            if table.count == 1:
                table.first = cells
            else:
                self._add_first(table)
                self._done.append((table.index, cells))
        self._characters = 0

    def _add_first(self, table: _OpenTable) -> None:
        if table.first is not None:
            self._done.append((table.index, table.first))
            table.first = None

    def _end_table(self, table: _OpenTable) -> None:
        """Add what is left of a table. One of a single cell, in a cell of another table, is the text of that cell."""
        outer = self._open[-1].text if self._open else None
        if table.first is not None and len(table.first) == 1 and outer is not None:
            outer.append(f" {table.first[0]} ")
        else:
            self._add_first(table)


def _end_cell(table: _OpenTable) -> None:
    if table.text is not None:
        table.rows.add(" ".join("".join(table.text).split()), *table.span)
        table.text = None


def _span(text: str | None) -> int:
    is_number = text and text.isascii() and text.isdigit() and len(text) < 9
    return int(text) if text and is_number and 0 < int(text) <= COLUMNS else 1
