from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlwt
from tests.support.price_lists import (
    ODS_END,
    ODS_START,
    describe,
    failure_of,
    read_cells,
    row,
    write,
    write_ods,
    write_xlsx,
)

from partsearch.price_list.errors import DamagedFileError, TooLargeError, UnsupportedFormatError
from partsearch.price_list.formats import limits, open_price_list
from partsearch.price_list.formats.cell_text import cell_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1500.0, "1500"),
        (1500.5, "1500.5"),
        (4607812345678901.0, "4607812345678901"),
        (0.1 + 0.2, "0.3"),
        (4.9e-5, "0.000049"),
        (1e20, "100000000000000000000"),
        (Decimal("1E999999999"), "1E+999999999"),
        (Decimal("7.50"), "7.50"),
        (float("nan"), "NaN"),
        (True, "true"),
        (None, ""),
        ("  007 ", "007"),
        (datetime(2026, 11, 1), "2026-11-01"),
        (datetime(2026, 11, 1, 9, 30), "2026-11-01T09:30:00"),
        (date(2026, 11, 1), "2026-11-01"),
    ],
)
def test_values_become_the_text_that_people_write(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_reads_all_visible_sheets_of_xlsx(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "list.csv",
        {
            "Фары": row(1, A="Марка", B="Цена") + '<row r="2"><c r="A2"><v>1500.0</v></c></row>',
            "Диски": row(1, A="x"),
            "Черновик": row(1, A="y"),
        },
        hidden="Черновик",
    )
    with open_price_list(path) as tables:
        assert [(table.name, table.format, table.encoding) for table in tables] == [
            ("Фары", "xlsx", ""),
            ("Диски", "xlsx", ""),
        ]
        assert [record.cells for record in tables[0].records()] == [["Марка", "Цена"], ["1500"]]
        assert [record.cells for record in tables[1].records()] == [["x"]]


def test_rows_and_columns_keep_their_place(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "list.xlsx", {"S": row(3, B="Марка", D="Цена") + row(5, C="x")})
    with open_price_list(path) as [table]:
        found = [(record.number, record.cells) for record in table.records() if not record.is_blank]
    assert found == [(3, ["", "Марка", "", "Цена"]), (5, ["", "", "x"])]


def test_merged_cells_of_a_header_are_repeated_and_titles_are_not(tmp_path: Path) -> None:
    rows = (
        row(1, A="Прайс") + row(2, A="Марка", B="Цена") + row(3, B="опт", C="розница") + row(4, A="Kia", B="7", C="8")
    )
    merged = (
        '<mergeCells count="3"><mergeCell ref="A1:C1"/><mergeCell ref="A2:A3"/><mergeCell ref="B2:C2"/></mergeCells>'
    )
    path = write_xlsx(tmp_path / "list.xlsx", {"S": f"{rows}</sheetData>{merged}"})
    assert read_cells(path) == [
        ["Прайс"],
        ["Марка", "Цена", "Цена"],
        ["Марка", "опт", "розница"],
        ["Kia", "7", "8"],
    ]


def test_merged_cells_below_the_header_are_repeated_downwards_only(tmp_path: Path) -> None:
    rows = row(1, A="Марка", B="Модель", C="Цена") + row(40, A="Kia", C="7") + row(41, C="8")
    merged = '<mergeCells count="1"><mergeCell ref="A40:B41"/></mergeCells>'
    path = write_xlsx(tmp_path / "list.xlsx", {"S": f"{rows}</sheetData>{merged}"})
    assert read_cells(path)[39:] == [["Kia", "", "7"], ["Kia", "", "8"]]


def test_reads_xls(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Лист")
    for column, value in enumerate(("Фара", 15884292, 70125.5, datetime(2026, 11, 1))):
        style = xlwt.easyxf(num_format_str="DD.MM.YYYY") if isinstance(value, datetime) else xlwt.Style.default_style
        sheet.write(0, column, value, style)
    book.save(str(tmp_path / "list.txt"))
    assert describe(tmp_path / "list.txt")[0].format == "xls"
    assert read_cells(tmp_path / "list.txt") == [["Фара", "15884292", "70125.5", "2026-11-01"]]


def test_reads_ods(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "list.ods")
    assert describe(path)[0].format == "ods"
    assert read_cells(path) == [["Фара", "1500"]]


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (ODS_START, "content.xml is damaged XML: no element found"),
        (ODS_START + "<" + ODS_END, "content.xml is damaged XML: not well-formed"),
        (f"<!DOCTYPE x [<!ENTITY y 'z'>]>{ODS_START}{ODS_END}", "content.xml declares a document type"),
    ],
)
def test_ods_with_damaged_content_is_reported_at_once(tmp_path: Path, content: str, cause: str) -> None:
    error = failure_of(write_ods(tmp_path / "list.ods", content))
    assert isinstance(error, DamagedFileError)
    assert cause in str(error)


def test_ods_with_a_huge_tag_is_reported(tmp_path: Path) -> None:
    content = ODS_START + f"<table:table-row table:x='{'x' * 9_000_000}'/>" + ODS_END
    assert isinstance(failure_of(write_ods(tmp_path / "list.ods", content)), TooLargeError)


def test_ods_with_a_password_is_reported(tmp_path: Path) -> None:
    entry = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
    error = failure_of(write_ods(tmp_path / "list.ods", bytes(range(256)), entry))
    assert isinstance(error, UnsupportedFormatError)
    assert "password" in str(error)


def test_a_truncated_workbook_is_reported(tmp_path: Path) -> None:
    whole = write_xlsx(tmp_path / "list.xlsx", {"S": row(1, A="x") * 50}).read_bytes()
    assert isinstance(failure_of(write(tmp_path, whole[: len(whole) // 2])), DamagedFileError)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 2_000
    assert isinstance(failure_of(write(tmp_path, ole)), DamagedFileError)


def test_a_sheet_with_far_corners_does_not_use_up_the_memory(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "list.xlsx", {"S": row(1, A="x") + row(1_048_576, XFD="y")})
    assert isinstance(failure_of(path), TooLargeError)


def test_a_workbook_that_takes_too_long_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "list.xlsx", {"S": row(1, A="x")})
    monkeypatch.setattr(limits, "WORKBOOK_PROCESS_SECONDS", 0)
    assert isinstance(failure_of(path), TooLargeError)
