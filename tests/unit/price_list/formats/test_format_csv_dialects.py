"""Delimiters and notations of texts with columns, as programs other than Excel write them."""

from pathlib import Path

import pytest
from tests.support.price_lists import describe, failure_of, read_cells, write

from partsearch.price_list.formats import open_price_list
from partsearch.price_list.formats.fixed_width import FixedColumns

GOODS = [["Артикул", "Наименование", "Цена, руб."], ["A1", "Фара левая", "15 400,50"], ["A2", "Диск 15", "900"]]


def joined(delimiter: str, rows: list[list[str]] = GOODS) -> str:
    return "".join(delimiter.join(row) + "\n" for row in rows)


@pytest.mark.parametrize("delimiter", ["^", "~", "¦", "│"])
def test_unusual_delimiters_are_found_by_the_header(tmp_path: Path, delimiter: str) -> None:
    path = write(tmp_path, joined(delimiter))
    assert describe(path)[0].delimiter == delimiter
    assert read_cells(path) == GOODS


def test_an_unusual_delimiter_without_a_known_header_is_none(tmp_path: Path) -> None:
    assert describe(write(tmp_path, "a^b;c\nd^e;f\n"))[0].delimiter == ";"


def test_commas_in_a_long_preamble_or_in_the_names_are_no_delimiters(tmp_path: Path) -> None:
    preamble = "ООО «Рога», Москва, ул. Ленина, 5, тел. 123\n" * 30
    assert read_cells(write(tmp_path, preamble + joined(";")))[30:] == GOODS
    names = "Наименование;Цена\n" + "Фара, левая, передняя, белая;5\n" * 20
    assert read_cells(write(tmp_path, names))[1] == ["Фара, левая, передняя, белая", "5"]


def test_quotation_marks_after_a_backslash_belong_to_the_cell(tmp_path: Path) -> None:
    text = '"Артикул","Наименование","Цена"\n"A1","Фара, \\"Depo\\" левая","5"\n"A2","15\\"","C:\\\\"\n'
    assert read_cells(write(tmp_path, text))[1:] == [["A1", 'Фара, "Depo" левая', "5"], ["A2", '15"', "C:\\"]]


def test_backslashes_without_that_notation_stay(tmp_path: Path) -> None:
    text = 'Артикул;Наименование;Цена\n"A\\";"Фара \\\\ левая";"5"\n'
    assert read_cells(write(tmp_path, text))[1:] == [["A\\", "Фара \\\\ левая", "5"]]


def test_cells_in_apostrophes_are_read(tmp_path: Path) -> None:
    text = "'Артикул','Наименование','Цена'\n'A1','Фара, д''Артаньян 15\"','5'\n"
    assert read_cells(write(tmp_path, text))[1:] == [["A1", "Фара, д'Артаньян 15\"", "5"]]


def test_blanks_around_quoted_cells_are_no_part_of_them(tmp_path: Path) -> None:
    text = 'Артикул; "Наименование"; "Цена"\nA1; "Фара; левая" ; "5"\n'
    assert read_cells(write(tmp_path, text)) == [["Артикул", "Наименование", "Цена"], ["A1", "Фара; левая", "5"]]


def test_lines_that_are_one_quoted_cell_are_split(tmp_path: Path) -> None:
    text = '"Артикул,Наименование,Цена"\r\n"A1,""Фара, левая"",5";;\r\n"A2,Капот,7"\r\n'
    assert read_cells(write(tmp_path, text)) == [
        ["Артикул", "Наименование", "Цена"],
        ["A1", "Фара, левая", "5"],
        ["A2", "Капот", "7"],
    ]


def aligned(*rows: tuple[str, str, str]) -> str:
    return "".join(f"{code:<10}{name:<30}{price:>12}\r\n" for code, name, price in rows)


HEADER = ("Артикул", "Наименование", "Цена")


def test_columns_aligned_by_spaces_are_split(tmp_path: Path) -> None:
    rows = [("A1", "Фара левая Kia Rio", "15 400,50"), ("", "Фонарь", "900"), ("A3", "Диск литой 15 дюймов", "7,00")]
    text = f"Прайс-лист ООО «Рога»\r\n\r\n{aligned(HEADER)}{'-' * 52}\r\n{aligned(*rows * 10)}{'-' * 52}\r\n"
    path = write(tmp_path, text)
    cells = read_cells(path)
    assert cells[2:4] == [list(HEADER), []]
    assert cells[4:34] == [list(row) for row in rows] * 10
    with open_price_list(path, delimiter="\t") as [table]:
        assert [record.cells for record in table.records()] == cells


def test_a_line_that_does_not_keep_to_the_columns_gets_too_many_cells() -> None:
    columns = FixedColumns((0, 4, 10))
    assert columns.rewrite("ab  cd    ef\r\n") == "ab\tcd\tef\r\n"
    assert columns.rewrite("ab  cdefghijkl  ef\n") == "\t\t\tab  cdefghijkl  ef\n"
    assert columns.rewrite("Фары и фонари\n") == "Фары и фонари\n"


def test_a_text_without_a_known_header_is_not_split_by_spaces(tmp_path: Path) -> None:
    assert read_cells(write(tmp_path, "aa  bb  cc\ndd  ee  ff\ngg  hh  ii\n"))[0] == ["aa  bb  cc"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-16"])
def test_nul_bytes_after_the_end_are_left_out_and_others_are_no_text(tmp_path: Path, encoding: str) -> None:
    text = joined(";").encode(encoding)
    assert read_cells(write(tmp_path, text + bytes(3_000_000))) == GOODS
    assert "NUL" in str(failure_of(write(tmp_path, joined(";").replace("A1", "A\0").encode(encoding))))
