"""An exported list comes back exactly, and no cell of it is run as a formula."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from tests.support.exported_lists import (
    JSON_DATA,
    KEY,
    ODD_TEXTS,
    PARTS,
    as_part,
    part_as_read,
    read_list,
    to_text,
    write_list,
)
from tests.support.price_lists import read_cells, write

from partsearch.contract.exported_list.columns import COLUMNS, HEADERS, read_last_cell, row_of
from partsearch.contract.exported_list.exact_json import decode_exact, encode_exact
from partsearch.contract.exported_list.formats import ExportFormat
from partsearch.contract.exported_list.formulas import harmless, original
from partsearch.contract.exported_list.part import ExportedPart, is_reference
from partsearch.contract.exported_list.xlsx import size_problem
from partsearch.price_list.columns import PROPERTIES
from partsearch.price_list.layouts.headers import read_header
from partsearch.price_list.layouts.known import known_layout
from partsearch.price_list.validate import RejectedRow, ValidRow

_PLAIN = ExportedPart(f"17@{KEY}", "Фара левая", "BMW", "5 E34", "1873.5", '{"oem": "63128350065", "year": 1995}')
_ROUND_TRIP = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=100)


@pytest.mark.parametrize("file_format", [ExportFormat.CSV, ExportFormat.JSONL])
@_ROUND_TRIP
@given(parts=st.lists(PARTS, min_size=1, max_size=12))
@example(parts=[_PLAIN, _PLAIN._replace(name="Итого"), _PLAIN._replace(name="-", mark="", model=" 5  E34 ")])
def test_every_part_comes_back_exactly(tmp_path: Path, file_format: ExportFormat, parts: list[ExportedPart]) -> None:
    rows = read_list(write_list(parts, file_format, tmp_path / "list.dat"))
    assert list(map(as_part, rows)) == list(map(part_as_read, parts))


@settings(_ROUND_TRIP, max_examples=3, phases=[Phase.generate])
@given(parts=st.lists(PARTS, min_size=40, max_size=100))
def test_every_part_comes_back_exactly_from_a_workbook(tmp_path: Path, parts: list[ExportedPart]) -> None:
    """Each workbook is read by a process of its own, so there are few large ones, and none is made smaller."""
    rows = read_list(write_list(parts, ExportFormat.XLSX, tmp_path / "list.xlsx"))
    assert list(map(as_part, rows)) == list(map(part_as_read, parts))


@pytest.mark.parametrize("file_format", list(ExportFormat))
def test_every_odd_text_comes_back_exactly_from_every_column(tmp_path: Path, file_format: ExportFormat) -> None:
    parts = [
        _PLAIN._replace(name=text, mark=text, model=text, json_data=to_text(dict.fromkeys([*PROPERTIES, text], text)))
        for text in ODD_TEXTS
        if len(text) <= 200
    ]
    rows = read_list(write_list(parts, file_format, tmp_path / "list.dat"))
    assert list(map(as_part, rows)) == list(map(part_as_read, parts))


@given(JSON_DATA)
def test_a_value_stands_in_one_cell(json_data: str) -> None:
    row = row_of(_PLAIN._replace(json_data=json_data))
    own = {column.key for column, cell in zip(COLUMNS, row[5:], strict=False) if cell != ""}
    last = read_last_cell(str(row[-1])).values
    assert not own & set(last)
    assert own | set(last) == set(decode_exact(json_data))


def test_usual_values_have_cells_of_their_own() -> None:
    json_data = (
        '{"oem": "04711-S84-A90ZZ", "article": "63 12 8 350 065", "year": 2008, "engine_volume": 1.6, "count": 4, '
        '"is_new_part": false, "available": true, "color": "белый", "side": "левая", "position": "перед/зад", '
        '"currency": "RUB", "photo": ["http://a/1.jpg", "http://a/2.jpg"], "brand": "BOSCH", "fits": ["BMW X5"]}'
    )
    row = dict(zip(HEADERS, row_of(_PLAIN._replace(json_data=json_data)), strict=True))
    assert {header: str(cell) for header, cell in row.items() if cell != ""} == {
        "partsearch_id": f"17@{KEY}",
        "Наименование": "Фара левая",
        "Марка": "BMW",
        "Модель": "5 E34",
        "Цена": "1873.5",
        "Валюта": "RUB",
        "Артикул": "63 12 8 350 065",
        "Оригинальный номер": "04711-S84-A90ZZ",
        "Производитель": "BOSCH",
        "Состояние": "б/у",
        "Количество": "4",
        "Наличие": "1",
        "Цвет": "белый",
        "Сторона": "левая",
        "Перед/зад": "перед/зад",
        "Год": "2008",
        "Объем двигателя": "1.6",
        "Фото": "http://a/1.jpg, http://a/2.jpg",
        "json_data": '{"fits":["BMW X5"]}',
    }


def test_each_header_is_one_that_the_import_knows() -> None:
    keys = ["partsearch_id", "name", "mark", "model", "price", *(column.key for column in COLUMNS), "json_data"]
    assert [str(read_header(header).meaning) for header in HEADERS] == keys
    assert known_layout([header.lower() for header in HEADERS]) is None


def test_a_text_file_is_what_a_russian_excel_opens_as_a_table(tmp_path: Path) -> None:
    content = write_list([_PLAIN], ExportFormat.CSV, tmp_path / "list.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfpartsearch_id;")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert lines[1].startswith(f"17@{KEY};Фара левая;BMW;5 E34;1873,5;")
    assert lines[2:] == [""]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "＝1", "＋1", "－1", "＠a", "−1", " =1", "\u3000=1", "'=1"])
def test_a_formula_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert original(harmless(text)) == text


@given(st.text(st.sampled_from("'=+-@＝ \tа1"), max_size=6))
def test_what_is_made_harmless_comes_back(text: str) -> None:
    assert original(harmless(text)) == text
    assert harmless(text).strip(" \t\u3000")[:1] not in tuple("=+-@＝")


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(parts=st.lists(PARTS, min_size=1, max_size=5))
def test_no_cell_of_a_text_file_is_a_formula(tmp_path: Path, parts: list[ExportedPart]) -> None:
    text = write_list(parts, ExportFormat.CSV, tmp_path / "list.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    assert len(rows) == len(parts) + 1
    assert {len(row) for row in rows} == {len(HEADERS)}
    for row in rows:
        assert not any(cell.strip()[:1] in tuple("=+-@＝＋－＠") for cell in row if cell.strip())


def test_a_text_that_looks_like_a_formula_is_a_text_in_a_workbook(tmp_path: Path) -> None:
    path = write_list([_PLAIN._replace(name="=1+1")], ExportFormat.XLSX, tmp_path / "list.xlsx")
    assert read_cells(path)[1][1] == "=1+1"


def test_an_edited_cell_wins_over_the_last_one(tmp_path: Path) -> None:
    part = _PLAIN._replace(name="Фара  левая", json_data='{"year": "старый", "x": 1}')
    text = write_list([part], ExportFormat.CSV, tmp_path / "list.csv").read_bytes().decode("utf-8-sig")
    place = HEADERS.index("Год")
    cells = next(csv.reader([text.split("\r\n")[1]], delimiter=";"))
    cells[1], cells[place] = "Фара правая", "2001"
    edited = io.StringIO()
    csv.writer(edited, delimiter=";").writerows([HEADERS, cells])
    (row,) = read_list(write(tmp_path, edited.getvalue().encode("cp1251")))
    assert isinstance(row, ValidRow)
    assert (row.name, dict(row.json_data)) == ("Фара правая", {"year": 2001, "x": 1})


def test_a_list_is_known_by_its_first_header_whatever_its_cells_have_more_of(tmp_path: Path) -> None:
    many = "{" + ", ".join(f'"k{number}": {number}' for number in range(60)) + "}"
    parts = [_PLAIN._replace(json_data=many)] * 70
    rows = read_list(write_list(parts, ExportFormat.CSV, tmp_path / "list.csv"))
    assert list(map(as_part, rows)) == list(map(part_as_read, parts))


@pytest.mark.parametrize(
    ("reference", "last", "reason"),
    [
        ("17", "", "unreadable partsearch_id"),
        ("0@0123456789abcdef", "", "unreadable partsearch_id"),
        (f"17@{KEY}", "{", "unreadable json_data"),
        (f"17@{KEY}", "[1]", "unreadable json_data"),
        (f"17@{KEY}", '[{"other": "a"}, {}]', "unreadable json_data"),
        (f"17@{KEY}", '{"a": NaN}', "unreadable json_data"),
        (f"17@{KEY}", '{"a": 1e999999}', "unreadable json_data"),
        (f"17@{KEY}", '{"a": "\\u0000"}', "unreadable json_data"),
        (f"17@{KEY}", '{"a": "\\ud800"}', "unreadable json_data"),
        (f"17@{KEY}", "[" * 5_000, "unreadable json_data"),
    ],
)
def test_a_row_with_a_damaged_cell_is_rejected(tmp_path: Path, reference: str, last: str, reason: str) -> None:
    edited = io.StringIO()
    rows = [["partsearch_id", "Наименование", "Цена", "json_data"], [reference, "Фара", "10", last]]
    csv.writer(edited, delimiter=";").writerows(rows)
    (row,) = read_list(write(tmp_path, edited.getvalue()))
    assert isinstance(row, RejectedRow)
    assert row.reason == reason


def test_a_row_without_a_reference_is_a_new_part(tmp_path: Path) -> None:
    (row,) = read_list(write(tmp_path, "partsearch_id;Наименование;Цена;json_data\n;Фара;10;\n"))
    assert isinstance(row, ValidRow)
    assert row.part_reference == ""


@pytest.mark.parametrize("text", ["17@0123456789abcdef", f"{10**18}@01234567"])
def test_a_reference_names_a_part_and_its_catalog(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize("text", ['{"a":1.10}', '{"a":12345678901234567890}', '{"a":0.1}', '{"a":[1,null,true,"é"]}'])
def test_numbers_stay_as_they_are_written(text: str) -> None:
    assert encode_exact(decode_exact(text)).decode() == text


def test_a_result_that_does_not_fit_into_a_workbook_is_named() -> None:
    assert size_problem(1_048_575, 1_000, 1_000_000) == ""
    assert size_problem(1_048_576, 10, 10) == "a sheet holds 1,048,575 parts, and these are 1,048,576"
    assert "a cell holds" in size_problem(1, 20_000, 20_000)
    assert "2 GiB" in size_problem(1_000_000, 1_000, 900_000_000)
