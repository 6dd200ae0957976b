"""The normalised part numbers: the function of the database, its index, and the same rule in Python."""

import json
from itertools import chain
from typing import Any
from unicodedata import category

import psycopg
import pytest

from partsearch.contract.text.part_numbers import normalize_number
from partsearch.price_list.part_numbers import read_part_numbers

_SEPARATORS = "/\\,;|\n"
_FIND = "SELECT id FROM part WHERE is_visible AND partsearch_numbers(json_data) @> ARRAY[%s]"


@pytest.fixture
def connection(empty_catalog: str) -> Any:
    with psycopg.connect(empty_catalog, autocommit=True) as connection:
        connection.execute("INSERT INTO mark (name) VALUES ('Honda')")
        connection.execute("INSERT INTO model (name, mark_id) VALUES ('Accord', 1)")
        yield connection


def numbers_of(connection: Any, values: list[Any]) -> list[list[str]]:
    """Return the numbers of each value under ``oem``."""
    query = "SELECT partsearch_numbers(jsonb_build_object('oem', item)) FROM unnest(%s::jsonb[]) AS item"
    return [row[0] for row in connection.execute(query, [[json.dumps(value) for value in values]])]


def insert(connection: Any, json_data: str) -> int:
    query = "INSERT INTO part (name, mark_id, model_id, price, json_data) VALUES ('Фара', 1, 1, 1, %s) RETURNING id"
    return int(connection.execute(query, [json_data]).fetchone()[0])


def found(connection: Any, number: str) -> list[int]:
    return [row[0] for row in connection.execute(_FIND, [number])]


def test_both_normalise_every_character_alike(connection: Any) -> None:
    characters = [chr(code) for code in chain(range(1, 0xD800), range(0xE000, 0x1F000))]
    texts = [f"A{char}1" for char in characters if category(char) != "Cn" and char not in _SEPARATORS]
    in_database = numbers_of(connection, texts)
    differing = [text for text, numbers in zip(texts, in_database, strict=True) if numbers != [normalize_number(text)]]
    assert differing == []


@pytest.mark.parametrize(
    "cell",
    [
        "1z9 955 777",
        "2101-2915550",
        "6-РК-1190",
        "А21R23",
        "ШНКФ-453473.300",
        "7X0955453A,7X0955453B",
        "7X0955453A; 7X0955453A",
        "4E0905999 / 4E0905998",
        "85212-52080/85212-0D070",
        "367.3722М/2115-3722.010-40",
        "2108-1203040/42",
        "21214-1108138/8090",
        "2101-2915550/47/46",
        "2101-2915550/47/46/4",
        "2112-1008636-00/100",
        "3302-3502082/2065С/2",
        "12,5",
        '="0012345"',
        "'0446502170",
        "АРТИКУЛ: D-127",
        "арт. D-127",
        "Каталожный номер: D-127",
        "№ D-127",
        "ART-1027",
        "4E0905999",
    ],
)
def test_the_database_has_every_number_that_the_importer_reads(connection: Any, cell: str) -> None:
    wanted = {normalize_number(value) for value in read_part_numbers(cell).values}
    assert wanted
    assert wanted <= set(numbers_of(connection, [cell])[0])


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ("63 12 8 350 065", ["63128350065"]),
        (600947999, ["600947999"]),
        (["A-1", "В-2", 3, None, True], ["A1", "B2", "3", "TRUE"]),
        ("2108-1203040/42", ["21081203040", "21081203042"]),
        ("7X0955453A, 7X0955453B", ["7X0955453A", "7X0955453B"]),
        ("", []),
        (" - ", []),
        (True, None),
        (None, None),
        ({"a": "1"}, None),
        ([], []),
    ],
)
def test_the_numbers_of_a_value(connection: Any, value: Any, numbers: list[str] | None) -> None:
    read = numbers_of(connection, [value])[0]
    assert (read and sorted(read)) == (numbers and sorted(numbers))


def test_article_and_oem_are_both_read_and_a_part_without_them_has_none(connection: Any) -> None:
    query = "SELECT partsearch_numbers(%s::jsonb)"
    both = '{"article": "D-127", "oem": "А 1", "year": 2001, "sku": "9"}'
    assert connection.execute(query, [both]).fetchone() == (["D127", "A1"],)
    assert connection.execute(query, ['{"oem": "А 1"}']).fetchone() == (["A1"],)
    assert connection.execute(query, ['{"year": 2001}']).fetchone() == (None,)


def test_a_plain_insert_and_an_edit_are_found_by_number_over_the_index(connection: Any) -> None:
    part = insert(connection, '{"oem": "4e0 905-999/4E0905998"}')
    other = insert(connection, '{"article": "D-127"}')
    connection.execute(
        "INSERT INTO part (name, mark_id, model_id, price, json_data)"
        " SELECT 'Фара', 1, 1, 1, jsonb_build_object('oem', 'N' || number) FROM generate_series(1000, 3000) AS number"
    )
    connection.execute("ANALYZE part")
    plan = "\n".join(row[0] for row in connection.execute(f"EXPLAIN {_FIND}", ["4E0905999"]))
    assert "part_numbers" in plan
    assert (found(connection, "4E0905999"), found(connection, "4E0905998")) == ([part], [part])
    connection.execute('UPDATE part SET json_data = \'{"oem": "Х-5"}\' WHERE id = %s', [part])
    assert (found(connection, "4E0905999"), found(connection, "X5"), found(connection, "D127")) == ([], [part], [other])


@pytest.mark.parametrize(
    "json_data",
    [
        json.dumps({"oem": "4E0905999 " * 20_000}),
        json.dumps({"oem": "A/" * 50_000, "article": "1," * 50_000}),
        json.dumps({"oem": ["4E0905999"] * 20_000}),
        json.dumps({"oem": "12345/" + "1" * 300}),
        json.dumps({"article": "12345/" + "1" * 300 + "/12"}),
        json.dumps({"oem": [["a", ["b"]], {"c": 1}]}),
        '{"oem": 1' + "0" * 5000 + "}",
        '{"oem": "\\ud83d\\ude00/\\u0301,\\u200b", "article": "\\\\ / \\\\"}',
    ],
)
def test_no_value_makes_an_insert_fail(connection: Any, json_data: str) -> None:
    assert insert(connection, json_data)
