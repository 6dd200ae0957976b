"""Small price lists of every format, made for the tests."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from partsearch.price_list.errors import UnreadableFileError
from partsearch.price_list.formats import Record, Table, open_price_list
from partsearch.price_list.formats.csv_records import read_records, usual_width

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def split_records(text: str, delimiter: str) -> Iterator[Record]:
    """Return the records of a text."""
    return read_records(io.StringIO(text, newline=""), delimiter, usual_width(text, delimiter))


def csv_table(text: str) -> Table:
    """Return a table of comma-separated values, with ``;`` as the delimiter."""
    return Table("", "csv", "utf-8", ";", lambda: split_records(text, ";"))


def read_cells(path: Path, *, encoding: str | None = None) -> list[list[str]]:
    """Return the cells of the only table of a list."""
    with open_price_list(path, encoding=encoding) as [table]:
        return [record.cells for record in table.records()]


def describe(path: Path, *, encoding: str | None = None) -> list[Table]:
    """Return the tables of a list, without reading them."""
    with open_price_list(path, encoding=encoding) as tables:
        return tables


def failure_of(path: Path, *, encoding: str | None = None) -> UnreadableFileError:
    """Return the error of a list that cannot be read."""
    with pytest.raises(UnreadableFileError) as caught, open_price_list(path, encoding=encoding) as tables:
        for table in tables:
            list(table.records())
    assert caught.value.next_step
    return caught.value


def write(folder: Path, content: str | bytes, name: str = "list.dat") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_xlsx(path: Path, sheets: dict[str, str], *, hidden: str = "") -> Path:
    """Write a workbook; each sheet is the XML of its rows, and what follows them after ``</sheetData>``."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" Type="{_RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        hidden_state = ' state="hidden"'
        numbered = list(enumerate(sheets.items(), 1))
        names = "".join(
            f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"{hidden_state * (name == hidden)}/>'
            for number, (name, _) in numbered
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_SHEETS}" xmlns:r="{_RELATIONS}"><sheets>{names}</sheets></workbook>',
        )
        targets = "".join(
            f'<Relationship Id="r{number}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            for number, _ in numbered
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{targets}</Relationships>')
        for number, (_, rows) in numbered:
            data, _, rest = rows.partition("</sheetData>")
            archive.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f'<worksheet xmlns="{_SHEETS}"><sheetData>{data}</sheetData>{rest}</worksheet>',
            )
    return path


_OPEN_DOCUMENT = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
ODS_START = (
    f'<office:document-content {_OPEN_DOCUMENT}><office:body><office:spreadsheet><table:table table:name="L">'
    '<table:table-row><table:table-cell office:value-type="string"><text:p>Фара</text:p></table:table-cell>'
    '<table:table-cell office:value-type="float" office:value="1500"><text:p>1 500</text:p></table:table-cell>'
    "</table:table-row>"
)
"""The content of a workbook of LibreOffice up to the end of its table."""

ODS_END = "</table:table></office:spreadsheet></office:body></office:document-content>"


def write_ods(path: Path, content: str | bytes = ODS_START + ODS_END, manifest: str = "") -> Path:
    """Write a workbook of LibreOffice with this content, and this in its manifest."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f"{manifest}</manifest:manifest>",
        )
        archive.writestr("content.xml", content)
    return path


def row(number: int, **cells: str) -> str:
    """Return the XML of a row of texts."""
    inner = "".join(
        f'<c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for column, text in cells.items()
    )
    return f'<row r="{number}">{inner}</row>'
