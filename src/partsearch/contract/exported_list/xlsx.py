"""Exported lists as XLSX, written while they are read: nothing is kept but the last piece.

Libraries write the sheet to a temporary file and the workbook at its end, so the first byte would come last. The
workbook here has one sheet. Its texts stand in the cells, which is why no cell can be run as a formula.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from decimal import Decimal

from partsearch.contract.exported_list.cells import Cell
from partsearch.contract.exported_list.columns import HEADERS, row_of
from partsearch.contract.exported_list.part import ExportedPart

MOST_PARTS = 1_048_575
"""The rows of a sheet without the header."""

LONGEST_TEXT = 32_767
"""The characters of a cell."""

MOST_BYTES = 2**31 - 2**24
"""Of the sheet before compression. Beyond 2 GiB the archive would need an extension that not all programs read."""

_ROW_BYTES = 1_500
_COMPRESSION = 1
_OLDEST = (1980, 1, 1, 0, 0, 0)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FILES = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="partsearch" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
"""Style 1 marks a cell as text, so that a number that somebody types over a part number stays as typed."""

_SHEET_BEGIN = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_SHEET_END = "</sheetData></worksheet>"
_SPECIAL = re.compile("[&<>]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "_": "_x005F_"}
"""Programs read ``_x0041_`` in a workbook as the character with that code."""


def size_problem(parts: int, longest: int, characters: int) -> str:
    """Return why a result does not fit into a workbook; empty if it does.

    Args:
        parts: how many parts there are.
        longest: the characters of the longest ``json_data``; each of ``columns.ESCAPED`` counts as six.
        characters: those of all of them.
    """
    if parts > MOST_PARTS:
        return f"a sheet holds {MOST_PARTS:,} parts, and these are {parts:,}"
    # The cell may also have the exact names.
    if longest * 2 > LONGEST_TEXT:
        return f"a cell holds {LONGEST_TEXT:,} characters, and a part may need more"
    if parts * _ROW_BYTES + characters * 3 > MOST_BYTES:
        return "a sheet holds 2 GiB, and these parts may need more"
    return ""


class _Pieces(io.RawIOBase):
    """A file that only collects what is written, until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Keep the bytes."""
        self._written += data
        return len(data)

    def take(self) -> bytes:
        """Return the bytes since the last call."""
        taken = bytes(self._written)
        self._written.clear()
        return taken


class _Archive(zipfile.ZipFile):
    """An archive that may be left unfinished: ``ZipFile`` would complain on stderr when it is freed."""

    def __del__(self) -> None:
        """Do nothing: there is no file to close."""


class XlsxWriter:
    """Writes a list as the pieces of a workbook."""

    def __init__(self) -> None:
        self._pieces = _Pieces()
        self._archive = _Archive(self._pieces, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION)
        self._row = 0

    def begin(self) -> bytes:
        """Return the beginning, with the header."""
        for name, content in _FILES.items():
            self._archive.writestr(_entry(name), _XML + content, zipfile.ZIP_DEFLATED, _COMPRESSION)
        sheet = _entry("xl/worksheets/sheet1.xml")
        sheet.compress_type = zipfile.ZIP_DEFLATED
        sheet._compresslevel = _COMPRESSION  # type: ignore[attr-defined]  # public only since Python 3.13
        self._sheet = self._archive.open(sheet, "w")
        self._sheet.write((_SHEET_BEGIN + self._line(HEADERS)).encode())
        return self._pieces.take()

    def rows(self, parts: Iterable[ExportedPart]) -> bytes:
        """Return the next bytes of the workbook: most of the rows of ``parts``; the compression holds some back."""
        self._sheet.write("".join([self._line(row_of(part)) for part in parts]).encode())
        return self._pieces.take()

    def end(self) -> bytes:
        """Return the end."""
        self._sheet.write(_SHEET_END.encode())
        self._sheet.close()
        self._archive.close()
        return self._pieces.take()

    def _line(self, row: Iterable[Cell]) -> str:
        self._row += 1
        number = str(self._row)
        cells = [_cell(letters + number, cell) for letters, cell in zip(_LETTERS, row, strict=True) if cell != ""]
        return f'<row r="{number}">{"".join(cells)}</row>'


def _entry(name: str) -> zipfile.ZipInfo:
    """Return an entry that is the same at any time, so that both services write the same bytes."""
    return zipfile.ZipInfo(name, _OLDEST)


def _column_letters(index: int) -> str:
    return chr(65 + index) if index < 26 else f"{chr(64 + index // 26)}{chr(65 + index % 26)}"


_LETTERS = [_column_letters(index) for index in range(len(HEADERS))]


def _cell(place: str, cell: Cell) -> str:
    if isinstance(cell, str):
        if len(cell) > LONGEST_TEXT:
            raise ValueError(f"{place} needs {len(cell)} characters")
        text = _SPECIAL.sub(lambda match: _ESCAPES[match[0]], cell) if _SPECIAL.search(cell) else cell
        return f'<c r="{place}" s="1" t="inlineStr"><is><t>{text}</t></is></c>'
    return f'<c r="{place}"><v>{cell if isinstance(cell, int) else format(Decimal(cell), "f")}</v></c>'
