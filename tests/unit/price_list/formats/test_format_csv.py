import csv
import io
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.price_lists import describe, read_cells, write

from partsearch.price_list.errors import UnreadableFileError
from partsearch.price_list.formats import csv_records, open_price_list
from partsearch.price_list.formats.csv_records import read_records
from partsearch.price_list.formats.limits import RECORD_CHARACTERS

HEADER = "Марка;Модель;Название;Цена\r\n"


def test_a_stray_quote_does_not_join_rows(tmp_path: Path) -> None:
    text = HEADER + 'Kia;Rio;"Шина 14;700\r\nKia;Rio;Шина 15";800\r\nKia;Rio;Шина 16;900\r\n'
    assert read_cells(write(tmp_path, text))[1:] == [
        ["Kia", "Rio", '"Шина 14', "700"],
        ["Kia", "Rio", 'Шина 15"', "800"],
        ["Kia", "Rio", "Шина 16", "900"],
    ]


def test_a_stray_quote_that_closes_three_rows_later_does_not_join_them(tmp_path: Path) -> None:
    text = HEADER + 'Kia;Rio;"R14;7\r\nKia;Rio;R15;8\r\nKia;Rio;R16";9\r\nKia;Rio;;5\r\n'
    assert [cells[3] for cells in read_cells(write(tmp_path, text))] == ["Цена", "7", "8", "9", "5"]


def test_a_quoted_cell_of_several_lines_is_one_record(tmp_path: Path) -> None:
    text = HEADER + 'Kia;Rio;"Фара\r\nправая; ""новая""";7\r\n' + "Kia;Rio;Фара;8\r\n" * 3
    with open_price_list(write(tmp_path, text)) as [table]:
        records = list(table.records())
    assert records[1].cells == ["Kia", "Rio", 'Фара\r\nправая; "новая"', "7"]
    assert [record.number for record in records] == [1, 2, 3, 4, 5]


def test_a_list_whose_rows_all_have_two_lines_is_read(tmp_path: Path) -> None:
    text = "Марка;Название;Цена\n" + 'Kia;"Фара\nправая";7\n' * 5
    assert read_cells(write(tmp_path, text))[1:] == [["Kia", "Фара\nправая", "7"]] * 5


def test_quotes_inside_a_cell_stay(tmp_path: Path) -> None:
    text = HEADER + 'Kia;"Rio; X";"Диск "Люкс" литой";7\r\nKia;Rio;15" диск;8\r\n'
    assert read_cells(write(tmp_path, text))[1:] == [
        ["Kia", "Rio; X", '"Диск "Люкс" литой"', "7"],
        ["Kia", "Rio", '15" диск', "8"],
    ]


def test_line_ends_of_broken_exports_make_blank_records(tmp_path: Path) -> None:
    path = write(tmp_path, "a;b\r\r\nc;d\r\r\n")
    with open_price_list(path) as [table]:
        found = [(record.number, record.cells) for record in table.records() if not record.is_blank]
    assert found == [(1, ["a", "b"]), (3, ["c", "d"])]


@pytest.mark.parametrize("delimiter", [";", "\t", ",", "|"])
def test_finds_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    rows = [["Прайс"], ["Марка", "Цена", "Что"], *[["ВАЗ", "70", "раз, два; три"]] * 5]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    [table] = describe(write(tmp_path, text))
    assert (table.format, table.delimiter, table.name, table.has_known_header) == ("csv", delimiter, "", False)


def test_records_start_again_at_each_call(tmp_path: Path) -> None:
    with open_price_list(write(tmp_path, "a;b\nc;d\n")) as [table]:
        assert list(table.records()) == list(table.records())


def test_an_overlong_line_is_one_invalid_record(tmp_path: Path) -> None:
    text = "a;b\n" + "x" * (2 * RECORD_CHARACTERS + 5) + ";y\n" + "z;" * 20_000 + "\nc;d\n"
    with open_price_list(write(tmp_path, text)) as [table]:
        records = list(table.records())
    assert [record.error for record in records] == ["", "too long to be a row", "more than 16,384 cells", ""]


def test_an_unclosed_quote_of_a_broken_row_is_its_error(tmp_path: Path) -> None:
    text = HEADER + 'Kia;Rio;"Фара\r\n' + "Kia;Rio;Фара;8\r\n" * 300
    with open_price_list(write(tmp_path, text)) as [table]:
        records = list(table.records())
    assert [record.number for record in records if record.error] == [2]
    assert len(records) == 302


def test_reads_no_further_than_the_records_that_are_taken() -> None:
    stream = io.StringIO('a;"b"\n' * 100_000, newline="")
    records = read_records(stream, ";", 2)
    assert next(records).cells == ["a", "b"]
    assert stream.tell() < 100_000


plain = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=10).map(str.strip)


@given(st.lists(st.lists(plain, min_size=2, max_size=4), max_size=6))
def test_output_of_the_csv_module_is_read_back(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerows(rows)
    written.seek(0)
    assert [record.cells for record in read_records(written, ";", 3)] == rows


@given(
    st.lists(
        st.sampled_from(
            ["a;b", 'a;"b"', '"a;b', 'a";b', "", '"a\n', ';""', 'x;"y""z"', '"a"b;c', " a ;\tb ", "a" * 40]
        ),
        max_size=12,
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_rows_read_in_blocks_are_those_read_one_by_one(lines: list[str], end: str) -> None:
    text = "".join(line + end for line in lines)
    in_blocks = list(read_records(io.StringIO(text, newline=""), ";", 2))
    with mock.patch.object(csv_records, "_plain_rows", return_value=None):
        one_by_one = list(read_records(io.StringIO(text, newline=""), ";", 2))
    assert in_blocks == one_by_one


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_blocks_end_at_whole_lines_wherever_they_are_cut(size: int) -> None:
    text = 'a;b\r\nc;"d\r\ne"\n\r\nf;g\rh;i\n' + "j" * 100 + ";k"
    whole = list(read_records(io.StringIO(text, newline=""), ";", 2))
    with mock.patch.object(csv_records, "_BLOCK_CHARACTERS", size):
        assert list(read_records(io.StringIO(text, newline=""), ";", 2)) == whole
    assert [record.cells for record in whole] == [
        *(["a", "b"], ["c", "d\r\ne"], [], ["f", "g"], ["h", "i"], ["j" * 100, "k"]),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_follows_an_overlong_line_is_read(end: str) -> None:
    for length in range(RECORD_CHARACTERS - 2, RECORD_CHARACTERS + 3):
        text = f"a;b{end}{'x' * length}{end}c;d{end}{end}e;f"
        found = list(read_records(io.StringIO(text, newline=""), ";", 2))
        assert [record.cells for record in found] == [["a", "b"], [], ["c", "d"], [], ["e", "f"]]
        assert found[1].error == "too long to be a row"


def test_formulas_stay_text(tmp_path: Path) -> None:
    text = """Name;Price\n=cmd|' /C calc'!A0;1\n"=HYPERLINK(""http://x"";""y"")";2\n@SUM(A1);3\n"""
    assert [cells[0] for cells in read_cells(write(tmp_path, text))[1:]] == [
        *("=cmd|' /C calc'!A0", '=HYPERLINK("http://x";"y")', "@SUM(A1)")
    ]


@pytest.mark.parametrize("delimiter", [";;", '"', "\n"])
def test_a_delimiter_that_cannot_be_one_is_refused(tmp_path: Path, delimiter: str) -> None:
    with pytest.raises(UnreadableFileError), open_price_list(write(tmp_path, "a;b\n"), delimiter=delimiter):
        pass
