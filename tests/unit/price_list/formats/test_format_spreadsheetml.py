from pathlib import Path

import pytest
from tests.support.price_lists import failure_of, read_cells, write

from partsearch.price_list.errors import DamagedFileError, TooLargeError
from partsearch.price_list.formats import open_price_list

START = """<?xml version="1.0"{encoding}?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
"""


def cell(text: str, kind: str = "String", attributes: str = "") -> str:
    return f'<Cell {attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


def book(*sheets: str, encoding: str = "") -> str:
    return START.format(encoding=encoding) + "".join(sheets) + "</Workbook>"


def sheet(rows: str, name: str = "Лист", options: str = "") -> str:
    return f'<Worksheet ss:Name="{name}"><Table>{rows}</Table>{options}</Worksheet>'


def test_reads_a_sheet_whatever_the_name_of_the_file(tmp_path: Path) -> None:
    rows = f"<Row>{cell('Марка')}{cell('Цена')}</Row><Row>{cell('Kia')}{cell('1500', 'Number')}</Row>"
    for encoding in ("utf-8", "windows-1251"):
        text = book(sheet(rows), encoding=f' encoding="{encoding}"')
        assert read_cells(write(tmp_path, text.encode(encoding), "list.xls")) == [["Марка", "Цена"], ["Kia", "1500"]]


def test_an_index_leaves_blank_rows_and_cells_before_it(tmp_path: Path) -> None:
    rows = f'<Row ss:Index="3">{cell("a")}{cell("b", attributes="ss:Index=" + chr(34) + "4" + chr(34))}</Row><Row/>'
    assert read_cells(write(tmp_path, book(sheet(rows)))) == [[], [], ["a", "", "", "b"], []]


def test_merged_cells_of_a_header_are_repeated_and_titles_are_not(tmp_path: Path) -> None:
    rows = (
        "<Row>" + cell("Прайс", attributes='ss:MergeAcross="2"') + "</Row>"
        "<Row>"
        + cell("Марка", attributes='ss:MergeDown="1"')
        + cell("Цена", attributes='ss:MergeAcross="1"')
        + "</Row>"
        "<Row>" + cell("опт", attributes='ss:Index="2"') + cell("розница") + "</Row>"
    )
    assert read_cells(write(tmp_path, book(sheet(rows)))) == [
        ["Прайс"],
        ["Марка", "Цена", "Цена"],
        ["Марка", "опт", "розница"],
    ]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("Number", "1.5E3", "1500"),
        ("Number", "0.30000000000000004", "0.3"),
        ("Number", "4607812345678", "4607812345678"),
        ("Number", "oops", "oops"),
        ("DateTime", "2026-11-01T00:00:00.000", "2026-11-01"),
        ("DateTime", "2026-11-01T09:30:00.000", "2026-11-01T09:30:00"),
        ("Boolean", "1", "true"),
        ("Boolean", "0", "false"),
        ("String", " 007 ", "007"),
        ("String", "<B>Фара</B> левая", "Фара левая"),
        ("Error", "#N/A", "#N/A"),
    ],
)
def test_values_become_the_text_that_people_write(tmp_path: Path, kind: str, text: str, expected: str) -> None:
    assert read_cells(write(tmp_path, book(sheet(f"<Row>{cell(text, kind)}</Row>")))) == [[expected]]


def test_hidden_sheets_are_left_out_and_prefixes_do_not_matter(tmp_path: Path) -> None:
    row = f"<Row>{cell('x')}</Row>"
    hidden = "<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>"
    text = book(sheet(row, "А"), sheet(row, "Б", hidden), sheet(row, "В"), sheet("", "Г"))
    for variant in (text, text.replace("<Row", "<ss:Row").replace("</Row", "</ss:Row")):
        with open_price_list(write(tmp_path, variant)) as tables:
            assert [(table.name, table.format) for table in tables] == [("А", "spreadsheetml"), ("В", "spreadsheetml")]
            assert [record.cells for record in tables[1].records()] == [["x"]]


def test_hostile_and_damaged_books_are_refused(tmp_path: Path) -> None:
    row = f"<Row>{cell('x')}</Row>"
    for rows in (
        '<Row ss:Index="1048577"/>',
        "<Row>" + cell("x", attributes='ss:Index="20000"') + "</Row>",
        "<Row>" + cell("x", attributes='ss:MergeAcross="16383" ss:MergeDown="1000000"') + "</Row>" + "<Row/>" * 1_000,
    ):
        assert isinstance(failure_of(write(tmp_path, book(sheet(rows)))), TooLargeError)
    assert isinstance(failure_of(write(tmp_path, book(sheet(row))[:-30])), DamagedFileError)
    assert isinstance(
        failure_of(write(tmp_path, book(*(sheet(row, f"{number}") for number in range(1_001))))), TooLargeError
    )
    assert "no visible sheet" in str(failure_of(write(tmp_path, book(sheet("")))))
