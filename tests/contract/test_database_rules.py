"""The rules of the tables, and searches after plain SQL from any client."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors

from tests.contract.asking import Service
from tests.support.catalog_data import LARGEST_ID, Catalog, Mark, Model, Part

CARS = Catalog(
    [Mark(1, "Honda", "Япония"), Mark(2, "ВАЗ", "Россия")],
    [Model(10, "Accord", 1), Model(11, "Civic", 1), Model(20, "2101", 2)],
    [
        Part(100, "Бампер", 10, 1, "10.50", '{"color": "Чёрный", "is_new_part": true}'),
        Part(101, "Капот", 11, 1, "20", '{"color": "белый", "is_new_part": false}'),
        Part(102, "Бампер", 20, 2, "0.05"),
    ],
)

Database = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def database(empty_catalog: str) -> Iterator[Database]:
    """A connection to the database with a catalog of three parts."""
    CARS.insert(empty_catalog)
    with psycopg.connect(empty_catalog, autocommit=True) as connection:
        yield connection


INSERT = "INSERT INTO part (name, mark_id, model_id, price, json_data, is_visible) VALUES "


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        (f"{INSERT} ('a', 1, 10, -0.01, '{{}}', true)", errors.CheckViolation),
        (f"{INSERT} ('a', 1, 10, 'NaN', '{{}}', true)", errors.CheckViolation),
        (f"{INSERT} ('a', 1, 10, 'Infinity', '{{}}', true)", errors.NumericValueOutOfRange),
        (f"{INSERT} ('a', 1, 10, 10000000000, '{{}}', true)", errors.NumericValueOutOfRange),
        (f"{INSERT} ('a', 1, 10, 9999999999.995, '{{}}', true)", errors.NumericValueOutOfRange),
        (f"{INSERT} ('a', 1, 10, NULL, '{{}}', true)", errors.NotNullViolation),
        (f"{INSERT} ('a', 1, 10, 1, '[]', true)", errors.CheckViolation),
        (f"{INSERT} ('a', 1, 10, 1, '\"text\"', true)", errors.CheckViolation),
        (f"{INSERT} ('a', 1, 10, 1, '1', true)", errors.CheckViolation),
        (f"{INSERT} ('a', 1, 10, 1, 'null', true)", errors.CheckViolation),
        (f"{INSERT} ('a', 1, 10, 1, NULL, true)", errors.NotNullViolation),
        (f"{INSERT} ('a', 1, 10, 1, '{{}}', NULL)", errors.NotNullViolation),
        (f"{INSERT} (NULL, 1, 10, 1, '{{}}', true)", errors.NotNullViolation),
        (f"{INSERT} ('a', NULL, 10, 1, '{{}}', true)", errors.NotNullViolation),
        (f"{INSERT} ('a', 1, NULL, 1, '{{}}', true)", errors.NotNullViolation),
        (f"{INSERT} ('a', 2, 10, 1, '{{}}', true)", errors.ForeignKeyViolation),
        (f"{INSERT} ('a', 9, 10, 1, '{{}}', true)", errors.ForeignKeyViolation),
        (f"{INSERT} ('a', 1, 99, 1, '{{}}', true)", errors.ForeignKeyViolation),
        ("UPDATE part SET price = -1 WHERE id = 100", errors.CheckViolation),
        ("UPDATE part SET price = 'NaN' WHERE id = 100", errors.CheckViolation),
        ("UPDATE part SET json_data = '[1]' WHERE id = 100", errors.CheckViolation),
        ("UPDATE part SET mark_id = 2 WHERE id = 100", errors.ForeignKeyViolation),
        ("UPDATE part SET model_id = 20 WHERE id = 100", errors.ForeignKeyViolation),
        ("UPDATE model SET mark_id = 9 WHERE id = 10", errors.ForeignKeyViolation),
        ("UPDATE model SET id = 12 WHERE id = 10", None),
        ("DELETE FROM mark WHERE id = 1", errors.ForeignKeyViolation),
        ("DELETE FROM model WHERE id = 10", errors.ForeignKeyViolation),
        ("INSERT INTO model (name, mark_id) VALUES ('a', 9)", errors.ForeignKeyViolation),
        ("INSERT INTO mark (name) VALUES (NULL)", errors.NotNullViolation),
        ("INSERT INTO mark (id, name) VALUES (1, 'Audi')", errors.UniqueViolation),
        ("INSERT INTO part (id, name, mark_id, model_id, price) VALUES (100, 'a', 1, 10, 1)", errors.UniqueViolation),
        ("UPDATE part SET name_normalized = 'x'", errors.GeneratedAlways),
        ("UPDATE part SET color = 'x'", errors.GeneratedAlways),
        ("UPDATE part SET is_new_part = true", errors.GeneratedAlways),
        ("UPDATE part SET attributes = '{}'", errors.GeneratedAlways),
        ("UPDATE mark SET name_normalized = 'x'", errors.GeneratedAlways),
        ("UPDATE model SET name_normalized = 'x'", errors.GeneratedAlways),
    ],
)  # fmt: skip
def test_the_constraints_of_the_tables(database: Database, statement: str, error: type[Exception] | None) -> None:
    if error is None:
        database.execute(statement.encode())
        return
    with pytest.raises(error):
        database.execute(statement.encode())


Found = tuple[list[int], str, str]
"""The ids, the count and the sum that a search finds."""

NOTHING: Found = ([], "0", "0")
EVERYTHING: Found = ([100, 101, 102], "3", "30.55")


def found(service: Service, **search: Any) -> Found:
    answer = service.search(**search)
    return [int(part["id"].text) for part in answer["response"]], answer["count"].text, answer["summ"].text


def test_a_row_needs_no_more_than_its_names_and_its_price(database: Database, service: Service) -> None:
    database.execute("INSERT INTO mark (id, name) VALUES (3, 'Audi')")
    database.execute("INSERT INTO model (id, name, mark_id) VALUES (30, '80', 3)")
    database.execute("INSERT INTO part (id, name, mark_id, model_id, price) VALUES (103, 'Дверь', 3, 30, 7)")
    answer = service.search(mark_name="audi", model_name="80", part_name="дверь")["response"][0]
    assert answer["json_data"] == {}
    assert answer["mark"]["producer_country_name"] == ""


def test_rows_get_new_ids(empty_catalog: str, services: tuple[Service, Service]) -> None:
    with psycopg.connect(empty_catalog) as connection:
        connection.execute("INSERT INTO mark (name) VALUES ('Audi'), ('Kia')")
        connection.execute("INSERT INTO model (name, mark_id) SELECT 'Rio', id FROM mark WHERE name = 'Kia'")
        connection.execute(
            "INSERT INTO part (name, mark_id, model_id, price)"
            " SELECT 'Дверь', mark_id, id, 7 FROM model, generate_series(1, 3)"
        )
    for service in services:
        assert found(service, mark_name="kia") == ([1, 2, 3], "3", "21")


def test_insert_update_and_delete(database: Database, services: tuple[Service, Service]) -> None:
    """Every kind of change in one test: both services answer after each of them."""
    steps: list[tuple[str, dict[str, Any], Found | None]] = [
        ("SELECT", {}, EVERYTHING),
        (f"{INSERT} ('Дверь', 1, 10, 1.10, '{{\"color\": \"СИНИЙ\"}}', true)", {"params": {"color": "синий"}}, None),
        ("UPDATE part SET id = 103 WHERE name = 'Дверь'", {"part_name": "ДВЕРЬ"}, ([103], "1", "1.1")),
        ("UPDATE part SET name = 'Дверца ЁЛКА' WHERE id = 103", {"part_name": "елка"}, ([103], "1", "1.1")),
        ("SELECT", {"part_name": "дверь"}, NOTHING),
        ("UPDATE part SET price = price * 2 WHERE id = 103", {"price_gte": 2.2, "price_lte": 2.2}, ([103], "1", "2.2")),
        ("UPDATE part SET json_data = json_data || '{\"is_new_part\": true, \"count\": 5}' WHERE id = 103",
         {"params": {"is_new_part": True, "color": "синий", "count": 5}}, ([103], "1", "2.2")),
        ("UPDATE part SET json_data = json_data - 'color' WHERE id = 103", {"params": {"color": "синий"}}, NOTHING),
        ("UPDATE part SET mark_id = 2, model_id = 20 WHERE id = 103", {"mark_list": [2]}, ([102, 103], "2", "2.25")),
        ("UPDATE mark SET name = 'Жигули', producer_country_name = 'СССР' WHERE id = 2",
         {"mark_name": "жиг", "producer_country_name": "ссср"}, ([102, 103], "2", "2.25")),
        ("SELECT", {"mark_name": "ваз"}, NOTHING),
        ("UPDATE model SET name = 'Копейка' WHERE id = 20", {"model_name": "КОПЕЙКА"}, ([102, 103], "2", "2.25")),
        ("UPDATE part SET is_visible = false WHERE id = 103", {"mark_list": [2]}, ([102], "1", "0.05")),
        ("UPDATE model SET is_visible = false WHERE id = 20", {"mark_list": [2]}, NOTHING),
        ("UPDATE model SET is_visible = true", {"mark_list": [2]}, ([102], "1", "0.05")),
        ("UPDATE mark SET is_visible = false WHERE id = 2", {"model_list": [20]}, NOTHING),
        ("UPDATE mark SET is_visible = true", {}, EVERYTHING),
        ("DELETE FROM part WHERE id = 103", {}, EVERYTHING),
        ("DELETE FROM part WHERE mark_id = 2", {}, ([100, 101], "2", "30.5")),
        ("DELETE FROM model WHERE id = 20; DELETE FROM mark WHERE id = 2", {"producer_country_name": "СССР"}, NOTHING),
        ("TRUNCATE part", {}, NOTHING),
    ]  # fmt: skip
    for statement, search, expected in steps:
        if statement != "SELECT":
            database.execute(statement.encode())
        for service in services:
            if expected is not None:
                assert found(service, **search) == expected, (service.engine, statement)
            else:
                assert found(service, **search)[1:] == ("1", "1.1")


def test_a_change_counts_when_it_is_committed(database: Database, services: tuple[Service, Service]) -> None:
    with database.transaction(force_rollback=True):
        database.execute("DELETE FROM part")
        for service in services:
            assert found(service) == EVERYTHING
    for service in services:
        assert found(service) == EVERYTHING


def test_copy(database: Database, services: tuple[Service, Service]) -> None:
    columns = "id, name, mark_id, model_id, price, json_data"
    with database.cursor().copy(f"COPY part ({columns}) FROM STDIN".encode()) as copy:
        for number in range(1000, 1200):
            copy.write_row((number, f"Болт {number}", 1, 10, "0.01", '{"color": "серый"}'))
    for service in services:
        assert found(service, part_name="болт", params={"color": "СЕРЫЙ"}, page=21) == ([], "200", "2")


def test_a_model_moves_with_its_parts(database: Database, services: tuple[Service, Service]) -> None:
    database.execute("UPDATE model SET mark_id = 2 WHERE id = 10")
    for service in services:
        assert found(service, mark_list=[2]) == ([100, 102], "2", "10.55")
        assert found(service, mark_name="honda") == ([101], "1", "20")
        assert service.search(model_list=[10])["response"][0]["mark"]["name"] == "ВАЗ"


def test_deleting_a_model_after_its_parts(database: Database, services: tuple[Service, Service]) -> None:
    database.execute("DELETE FROM part WHERE model_id = 10")
    database.execute("DELETE FROM model WHERE id = 10")
    for service in services:
        assert found(service) == ([101, 102], "2", "20.05")


def test_generated_columns(database: Database) -> None:
    database.execute(
        "UPDATE part SET name = E' Ёлка \\u00a0\\t ИГРУШКА ', json_data = %s WHERE id = 100",
        [
            '{"color": " ТЁМНО  синий", "is_new_part": false, "a": "ЁЖ", "n": 1.50, "l": ["Ё"], "o": {"Ё": "Ё"},'
            ' "z": null}'
        ],
    )
    select = "SELECT name_normalized, color, is_new_part, attributes FROM part WHERE id = %s"
    assert database.execute(select, [100]).fetchone() == (
        "елка игрушка",
        "темно синий",
        False,
        {"color": "темно синий", "is_new_part": False, "a": "еж", "n": 1.5, "l": ["Ё"], "o": {"Ё": "Ё"}, "z": None},
    )
    assert database.execute(select, [102]).fetchone() == ("бампер", None, None, {})


def test_the_longest_rows(database: Database, services: tuple[Service, Service]) -> None:
    """The longest values fit the indexes, even if they cannot be compressed."""
    unlike = "".join(chr(0x20000 + (number * 7919) % 40000) for number in range(400))
    database.execute(
        "INSERT INTO part (id, name, mark_id, model_id, price, json_data) VALUES (%s, %s, 1, 10, 1,"
        " jsonb_build_object('color', %s::text, 'description', repeat(%s, 1000)))",
        [LARGEST_ID, unlike, unlike, unlike],
    )
    for service in services:
        assert found(service, part_name=unlike[100:300]) == ([LARGEST_ID], "1", "1")
        assert found(service, params={"color": unlike[:200]}) == NOTHING
    for table, length in (("mark", 200), ("model", 200), ("part", 400)):
        with pytest.raises(errors.StringDataRightTruncation):
            database.execute(f"UPDATE {table} SET name = repeat('я', {length + 1})".encode())


def test_sums_beyond_a_float(database: Database, services: tuple[Service, Service]) -> None:
    database.execute(
        "INSERT INTO part (id, name, mark_id, model_id, price)"
        " SELECT 1000 + number, 'Дорогой', 1, 10, 9999999999.99 FROM generate_series(1, 12345) AS number"
    )
    for service in services:
        assert found(service, part_name="дорогой", page=2000) == ([], "12345", "123449999999876.55")
        assert found(service, part_name="дорогой", page=1235) == (
            list(range(13341, 13346)),
            "12345",
            "123449999999876.55",
        )
