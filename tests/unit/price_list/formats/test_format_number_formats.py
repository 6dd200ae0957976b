"""Currencies and zeros that only the number formats of XLSX show."""

import zipfile
from pathlib import Path

import pytest
from tests.support.price_lists import read_cells, row, write_xlsx

from partsearch.price_list.formats.workbook.number_formats import NumberFormats, Shown, read_format

STYLES = """<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>
<numFmt numFmtId="164" formatCode="[$$-409]#,##0.00"/><numFmt numFmtId="165" formatCode="000000"/></numFmts>
<cellStyleXfs><xf numFmtId="165"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>"""


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ('"$"0.00', Shown("USD")),
        ("_-[$$-409]* #,##0.00_ ;_-[$$-409]* \\-#,##0.00\\ ", Shown("USD")),
        ('# ##0,00"р."', Shown("RUB")),
        ("#,##0.00\\ [$€-1]", Shown("EUR")),
        ("[Red]#,##0.00 [$грн.-422]", Shown("UAH")),
        ("000000", Shown(digits=6)),
        ("General", None),
        ("0.00", None),
        ("0", None),
        ('# ##0" шт"', None),
        ("#,##0.00_р_.", None),
        ('dd.mm.yyyy "г."', None),
    ],
)
def test_what_a_number_format_shows(code: str, shown: Shown | None) -> None:
    assert read_format(code) == shown


def with_styles(path: Path, rows: str, styles: str = STYLES) -> Path:
    write_xlsx(path, {"S": rows})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/styles.xml", styles)
    return path


def test_currencies_and_zeros_of_formats_are_read(tmp_path: Path) -> None:
    rows = (
        row(1, A="Артикул", B="Цена", C="Год")
        + '<row r="3"><c r="A3" s="2"><v>1234</v></c><c r="B3" s="1"><v>5.5</v></c><c r="C3"><v>2020</v></c></row>'
        + '<row><c s="2"><v>1234567</v></c><c s="1" t="inlineStr"><is><t>звоните</t></is></c><c s="1"/></row>'
        + '<row r="9" x="1"><c r="AB9" s="1"><v>7</v></c></row>'
    )
    path = with_styles(tmp_path / "list.xlsx", rows)
    assert [cells for cells in read_cells(path) if cells] == [
        ["Артикул", "Цена", "Год"],
        ["001234", "5.5 USD", "2020"],
        ["1234567", "звоните"],
        [*[""] * 27, "7 USD"],
    ]


def test_a_sheet_that_only_calamine_can_read_has_no_formats_from_there_on(tmp_path: Path) -> None:
    rows = row(1, A="Фара\x0b") + '<row r="2"><c r="A2" s="1"><v>5</v></c></row>'
    assert read_cells(with_styles(tmp_path / "list.xlsx", rows))[1] == ["5"]


@pytest.mark.parametrize("number", ["²", "9" * 5_000])
def test_a_style_that_is_no_number_has_no_format(tmp_path: Path, number: str) -> None:
    path = with_styles(
        tmp_path / "list.xlsx", row(1, A="Цена") + f'<row r="2"><c r="A2" s="{number}"><v>5</v></c></row>'
    )
    with zipfile.ZipFile(path) as archive:
        assert list(NumberFormats(archive).rows("S")) == []


@pytest.mark.parametrize("number", ["²", "9" * 5_000])
def test_a_row_whose_number_is_none_follows_the_one_before(tmp_path: Path, number: str) -> None:
    path = with_styles(tmp_path / "list.xlsx", f'<row r="{number}"><c s="1"><v>5</v></c></row>')
    with zipfile.ZipFile(path) as archive:
        assert list(NumberFormats(archive).rows("S")) == [(0, {0: Shown("USD")})]
