import io
import json
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from tests.support.price_lists import failure_of, read_cells, write

from partsearch.price_list.errors import DamagedFileError, TooLargeError
from partsearch.price_list.formats import open_price_list
from partsearch.price_list.formats.json_objects import values
from partsearch.price_list.formats.json_objects.values import _JsonText
from partsearch.price_list.formats.limits import RECORD_CHARACTERS

GOODS = [{"name": "Фара", "price": 1500.5, "oem": ["a", 5]}, {"name": "Диск \\ [{", "size": {"d": 15}}]
CELLS = [
    ["name", "price", "oem", "size d"],
    ["Фара", "1500.5", "a, 5", ""],
    ["Диск \\ [{", "", "", "15"],
]


@pytest.mark.parametrize(
    "wrapped",
    [
        GOODS,
        {"items": GOODS},
        {"total": 2, "tags": [1, 2], "none": {}, "data": {"page": {"n": 1, "items": GOODS}, "next": None}},
    ],
    ids=["array", "object", "objects in objects"],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_reads_an_array_of_objects_wherever_it_is(tmp_path: Path, wrapped: object, indent: int | None) -> None:
    text = json.dumps(wrapped, ensure_ascii=False, indent=indent)
    assert read_cells(write(tmp_path, text)) == CELLS
    assert read_cells(write(tmp_path, text.encode("cp1251"))) == CELLS


def test_objects_over_several_lines_without_an_array_are_rows(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(each, ensure_ascii=False, indent=2) for each in GOODS)
    assert read_cells(write(tmp_path, text)) == CELLS


def test_several_arrays_are_several_tables(tmp_path: Path) -> None:
    path = write(tmp_path, json.dumps({"groups": [{"id": 1}], "shop": {"goods": GOODS}, "empty": []}))
    with open_price_list(path) as tables:
        assert [(table.name, table.format, table.has_known_header) for table in tables] == [
            ("groups", "json", True),
            ("shop.goods", "json", True),
        ]
        assert [record.cells for record in tables[1].records()] == CELLS


def test_what_is_no_object_is_an_invalid_record(tmp_path: Path) -> None:
    with open_price_list(write(tmp_path, '[{"a": 1}, 7, {"a": 2}]')) as [table]:
        assert [(record.number, record.error) for record in table.records()] == [
            *((1, ""), (2, "")),
            *((3, "not a JSON object"), (4, "")),
        ]


@pytest.mark.parametrize(
    "text",
    ['[{"a": 1}, {"a"', '[{"a": 1}', '{"items": [{"a": 1}]', '[{"a": 1} {"a": 2}]', '{"a":\n{1: 2}}', '[{"a": 01}]'],
)
def test_damaged_json_is_refused_as_a_whole(tmp_path: Path, text: str) -> None:
    assert isinstance(failure_of(write(tmp_path, text)), DamagedFileError)


def test_damage_far_from_the_end_is_not_taken_for_a_large_value(tmp_path: Path) -> None:
    text = '[{"a": 1}, {"a": oops}, ' + '{"a": 1}, ' * 1_000_000 + "7]"
    assert isinstance(failure_of(write(tmp_path, text)), DamagedFileError)


def test_an_object_that_is_too_large_is_refused(tmp_path: Path) -> None:
    text = '[{"a": "' + "x" * (3 * RECORD_CHARACTERS) + '"}]'
    assert isinstance(failure_of(write(tmp_path, text)), TooLargeError)


def test_json_without_objects_is_refused(tmp_path: Path) -> None:
    assert "JSON without objects" in str(failure_of(write(tmp_path, "[]")))


def test_reads_no_further_than_the_value_that_is_taken(tmp_path: Path) -> None:
    stream = io.StringIO("[" + '{"a": 1},' * 100_000)
    text = _JsonText(stream, tmp_path)
    text.take("[")
    assert text.take_value() == {"a": 1}
    assert stream.tell() < 200_000


@pytest.mark.parametrize("size", range(1, 20))
def test_values_are_whole_wherever_what_is_read_ends(tmp_path: Path, size: int) -> None:
    text = json.dumps({"total": 12345678, "tags": [123456, -1.5e3, True], "items": GOODS}, ensure_ascii=False)
    with mock.patch.multiple(values, _BLOCK_CHARACTERS=size, _MODEST_CHARACTERS=0):
        assert read_cells(write(tmp_path, text)) == CELLS


def test_names_and_values_that_no_database_stores_are_replaced(tmp_path: Path) -> None:
    text = '[{"a\\u0000": "\\ud800x", "b": {"c": "\\udfff"}}]'
    assert read_cells(write(tmp_path, text)) == [["a�", "b c"], ["�x", "�"]]
    assert read_cells(write(tmp_path, text[1:-1])) == [["a�", "b c"], ["�x", "�"]]


def test_a_number_with_an_absurd_exponent_stays_text(tmp_path: Path) -> None:
    for text in ('{"a": 1e99999999999999999999}', '[{"a": 1e99999999999999999999}]'):
        assert read_cells(write(tmp_path, text)) == [["a"], ["1e99999999999999999999"]]


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"count": 2, "rows": rows}])
def test_an_array_of_lists_is_a_table(tmp_path: Path, wrap: Callable[[object], object]) -> None:
    path = write(tmp_path, json.dumps(wrap([["Наименование", "Цена"], ["Фара", 1500.5], 7])))
    with open_price_list(path) as [table]:
        assert not table.has_known_header
        assert [(record.cells, record.error) for record in table.records()] == [
            (["Наименование", "Цена"], ""),
            (["Фара", "1500.5"], ""),
            ([], "not a JSON array"),
        ]


def test_objects_by_their_identifiers_are_rows(tmp_path: Path) -> None:
    goods = {"A-1": {"name": "Фара", "price": 5}, "7": {"name": "Диск", "price": 9}}
    cells = [["id", "name", "price"], ["A-1", "Фара", "5"], ["", "Диск", "9"]]
    for indent in (None, 1):
        assert read_cells(write(tmp_path, json.dumps(goods, indent=indent))) == cells
        wrapped = json.dumps({"shop": {"city": {"name": "Минск"}}, "goods": goods}, indent=indent)
        with open_price_list(write(tmp_path, wrapped)) as tables:
            assert [table.name for table in tables] == ["shop", "goods"]
            assert [record.cells for record in tables[1].records()] == cells
