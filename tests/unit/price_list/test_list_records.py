import csv
import io

from hypothesis import given
from hypothesis import strategies as st
from tests.support.price_lists import split_records

from partsearch.price_list.formats import Record


def cells(text: str, delimiter: str = ";") -> list[list[str]]:
    return [record.cells for record in split_records(text, delimiter)]


def test_a_quoted_cell_may_hold_delimiters_quotes_and_lines() -> None:
    text = 'a;"b;""c""\nd";e\r\nf;g;h\r\n'
    assert cells(text) == [["a", 'b;"c"\nd', "e"], ["f", "g", "h"]]


def test_records_are_numbered_as_a_spreadsheet_counts_rows() -> None:
    text = 'head\n"two\nlines"\n\nlast\n'
    assert [(record.number, record.cells) for record in split_records(text, ";")] == [
        (1, ["head"]),
        (2, ["two\nlines"]),
        (3, []),
        (4, ["last"]),
    ]


def test_an_unclosed_quote_affects_one_row_only() -> None:
    text = 'a;b\n"c;d\ne;f\n"g";h\n' + "i;j\n" * 3
    records = list(split_records(text, ";"))
    assert records[1] == Record(2, ['"c', "d"])
    assert [record.cells for record in records[2:]] == [["e", "f"], ["g", "h"], ["i", "j"], ["i", "j"], ["i", "j"]]


def test_an_unclosed_quote_does_not_consume_a_long_list() -> None:
    text = '"a;b\n' + 'c;"d ""e"""\n' * 5_000
    records = list(split_records(text, ";"))
    assert len(records) == 5_001
    assert records[0].cells == ['"a', "b"]


def test_two_stray_quotes_do_not_consume_the_rows_between_them() -> None:
    records = list(split_records('"a;b\n' + "c;d\n" * 300 + 'e";f\n', ";"))
    assert records[0].cells == ['"a', "b"]
    assert [record.cells for record in records[1:-1]] == [["c", "d"]] * 300
    assert records[-1].cells == ['e"', "f"]


def test_quotes_within_a_cell_do_not_end_it() -> None:
    assert cells('"Диск "Люкс" литой";5\nb;6\n')[1] == ["b", "6"]
    assert cells('Диск 15" литой;5\nb;6\n') == [['Диск 15" литой', "5"], ["b", "6"]]


def test_line_ends_of_broken_exports_make_blank_records() -> None:
    records = list(split_records("a;b\r\r\nc;d\r\r\n", ";"))
    assert [record.cells for record in records if not record.is_blank] == [["a", "b"], ["c", "d"]]


def test_an_overlong_line_is_one_rejected_row() -> None:
    records = list(split_records("a;b\n" + "x" * 200_000 + ";y\nc;d\n", ";"))
    assert [bool(record.error) for record in records] == [False, True, False]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0;"), max_size=10).map(str.strip)
"""Without the delimiter: a cell of several lines that each have as many delimiters as a row is read as rows."""


def test_lines_between_two_cells_of_several_lines_are_no_rows() -> None:
    assert cells(';"0\r0";"0\r0"\r\n') == [["", "0\r0", "0\r0"]]
    assert cells('a;b;c\r\n1;"x\r\ny";"z\r\nw"\r\n') == [["a", "b", "c"], ["1", "x\r\ny", "z\r\nw"]]


@given(st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(texts, min_size=width, max_size=width), max_size=6)))
def test_output_of_the_csv_module_is_read_back(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows(rows)
    assert cells(written.getvalue()) == rows


@given(st.text(st.sampled_from('";,\n\r\tаb '), max_size=60))
def test_any_text_splits_without_an_error(text: str) -> None:
    numbers = [record.number for record in split_records(text, ";")]
    assert numbers == list(range(1, len(numbers) + 1))
