from pathlib import Path

import pytest
from tests.support.price_lists import describe, failure_of, read_cells, write

from partsearch.price_list.errors import TooLargeError
from partsearch.price_list.formats import open_price_list


def test_reads_json_lines(tmp_path: Path) -> None:
    text = (
        '{"name": "Фара", "price": 1500.0, "oem": ["a", 5, null]}\n\n'
        '{"price": 7.10, "new": true, "id": 12345678901234567890123, "size": {"x": [1.5]}}\nbroken\n[1]\n'
    )
    path = write(tmp_path, text)
    with open_price_list(path) as [table]:
        records = list(table.records())
    assert records[0].cells == ["name", "price", "oem", "new", "id", "size x"]
    assert records[1].cells == ["Фара", "1500", "a, 5", "", "", ""]
    assert records[2].cells == ["", "7.10", "", "true", "12345678901234567890123", "1.5"]
    assert [(record.number, record.error) for record in records] == [
        *((1, ""), (2, ""), (4, "")),
        *((5, "not a JSON object"), (6, "not a JSON object")),
    ]
    assert (table.format, table.has_known_header) == ("jsonl", True)


def test_columns_are_the_keys_of_the_first_thousand_lines(tmp_path: Path) -> None:
    lines = ['{"a":1}'] * 999 + ['{"b":2}', '{"c":3}']
    assert read_cells(write(tmp_path, "\n".join(lines)))[0] == ["a", "b"]


def test_hostile_json_lines_are_invalid_records(tmp_path: Path) -> None:
    text = '{"a":1}\n{"a":' + "[" * 100_000 + "\n" + '{"a":"' + "x" * 5_000_000 + '"}\n{"a":2}\n'
    with open_price_list(write(tmp_path, text)) as [table]:
        found = [(record.cells, bool(record.error)) for record in table.records()]
    assert found == [(["a"], False), (["1"], False), ([], True), ([], True), (["2"], False)]


PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head><body>
<table><tr><td colspan=3>Прайс</td></tr><tr><th rowspan=2>Марка<th colspan=2>Цена</tr><tr><td>опт<td>розница</tr>
<tr><td>Kia<td>1&nbsp;500<br>руб<td>&lt;5</tr></table><table><tr><td>x</td></tr></table></body></html>"""


def test_reads_the_tables_of_a_page(tmp_path: Path) -> None:
    path = write(tmp_path, PAGE.encode("cp1251"), "list.xls")
    with open_price_list(path) as tables:
        assert [(table.name, table.format, table.encoding) for table in tables] == [
            ("1", "html", "cp1251"),
            ("2", "html", "cp1251"),
        ]
        assert [record.cells for record in tables[0].records()] == [
            ["Прайс", "", ""],
            ["Марка", "Цена", "Цена"],
            ["Марка", "опт", "розница"],
            ["Kia", "1 500 руб", "<5"],
        ]
        assert [record.cells for record in tables[1].records()] == [["x"]]


def test_a_page_that_is_utf_8_is_read_so_whatever_it_declares(tmp_path: Path) -> None:
    assert read_cells(write(tmp_path, "<meta charset=cp866><table><tr><td>Фара</table>")) == [["Фара"]]


def test_a_page_without_a_table_or_with_a_huge_cell_is_refused(tmp_path: Path) -> None:
    assert "without a table" in str(failure_of(write(tmp_path, "<html><p>404</p></html>")))
    for huge in ("<td>" + "x" * 5_000_000, "<td a='" + "x" * 5_000_000, "<td>" * 20_000, "<table>" * 60):
        assert isinstance(failure_of(write(tmp_path, f"<table><tr>{huge}")), TooLargeError)
    assert describe(write(tmp_path, "<table><tr><td colspan=99999999>x"))


@pytest.mark.parametrize("before", ["", "<i>" * 21_000])
def test_a_reference_of_many_digits_is_no_character(tmp_path: Path, before: str) -> None:
    """The second one lies across the end of a block."""
    digits = "9" * 20_000
    page = f"<table><tr><td>Фара {before}&#{digits};</td><td title='&#{digits}'>&#1041;</td></tr></table>"
    path = tmp_path / "list.xls"
    path.write_text(page, encoding="utf-8")
    assert read_cells(path) == [["Фара \N{REPLACEMENT CHARACTER}", "Б"]]
