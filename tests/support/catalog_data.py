"""Catalogs for the tests: rows, and their insertion by plain SQL.

``KNOWN_CATALOG`` holds a row for every edge case that the contract allows.
"""

from dataclasses import dataclass, field

import psycopg


@dataclass(frozen=True)
class Mark:
    """A row of ``mark``."""

    id: int
    name: str
    producer_country_name: str = ""
    is_visible: bool = True


@dataclass(frozen=True)
class Model:
    """A row of ``model``."""

    id: int
    name: str
    mark_id: int
    is_visible: bool = True


@dataclass(frozen=True)
class Part:
    """A row of ``part``; the price and the attributes are SQL text."""

    id: int
    name: str
    model_id: int
    mark_id: int
    price: str = "100"
    json_data: str = "{}"
    is_visible: bool = True


@dataclass
class Catalog:
    """Rows of the three tables."""

    marks: list[Mark] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def insert(self, conninfo: str) -> None:
        """Insert the rows; the parts in reverse, so that the order of the table is not the order of the ids."""
        with psycopg.connect(conninfo) as connection, connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO mark (id, name, producer_country_name, is_visible) VALUES (%s, %s, %s, %s)",
                [(mark.id, mark.name, mark.producer_country_name, mark.is_visible) for mark in self.marks],
            )
            cursor.executemany(
                "INSERT INTO model (id, name, mark_id, is_visible) VALUES (%s, %s, %s, %s)",
                [(model.id, model.name, model.mark_id, model.is_visible) for model in self.models],
            )
            cursor.executemany(
                "INSERT INTO part (id, name, mark_id, model_id, price, json_data, is_visible)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [
                    (part.id, part.name, part.mark_id, part.model_id, part.price, part.json_data, part.is_visible)
                    for part in reversed(self.parts)
                ],
            )


LARGEST_ID = 2**63 - 1
LONG_COLOR = "тёмно-" * 100 + "синий"

_MARKS = [
    Mark(1, "Honda", "Япония"),
    Mark(2, "ВАЗ Жигулёнок", "Россия"),
    Mark(3, "Daewoo", "Южная Корея", is_visible=False),
    Mark(4, '50%_\\ O\'Neil "Q"', ""),
    Mark(5, "Land\u00a0  Rover", "Велико\u00a0 британия"),
    Mark(6, "Citroën", "Франция"),
    Mark(7, "", "РОССИЯ"),
    Mark(LARGEST_ID, "Ёлка 100", " Россия\t"),
]
_MODELS = [
    Model(10, "Accord", 1),
    Model(11, "Civic  Type\u2003R", 1),
    Model(12, "Hidden Accord", 1, is_visible=False),
    Model(20, "2101 «Копейка»", 2),
    Model(30, "Nexia", 3),
    Model(40, "100% _x\\y", 4),
    Model(50, "Range\tRover", 5),
    Model(60, "Accord", 6),
    Model(70, "", 7),
    Model(LARGEST_ID, "Ёжик", LARGEST_ID),
]
_EDGE_CASES: list[tuple[str, int, int, str, str, bool]] = [
    ("Бампер передний", 10, 1, "2300", '{"is_new_part": true, "color": "красный", "count": 4}', True),
    ("БАМПЕР   ЗАДНИЙ", 10, 1, "2300.00", '{"is_new_part": false, "color": "Чёрный ", "count": 1}', True),
    ("бампер\u00a0передний левый", 11, 1, "0.10", '{"is_new_part": true, "color": "чЕРНый", "count": 1.0}', True),
    ("Решётка бампера", 20, 2, "100872.35", '{"color": "\\tбелый\\u00a0\\u00a0  матовый"}', True),
    ("Решетка бампера", 20, 2, "0", "{}", True),
    ("Скрытый бампер", 10, 1, "777777.77", '{"color": "красный", "is_new_part": true}', False),
    ("Бампер скрытой модели", 12, 1, "888888.88", '{"color": "красный", "is_new_part": true}', True),
    ("Бампер скрытой марки", 30, 3, "999999.99", '{"color": "красный", "is_new_part": true}', True),
    ("100% новый", 40, 4, "9999999999.99", '{"is_new_part": "true", "count": "1"}', True),
    ("100x новый", 40, 4, "9999999999.99", '{"is_new_part": 1, "count": true}', True),
    ("new_part", 40, 4, "0.01", '{"count": 1e2, "ratio": 0.1}', True),
    ("newxpart", 40, 4, "0.99", '{"count": 100, "ratio": 0.10, "year": 2005}', True),
    ("a\\b \\\\ c", 40, 4, "12.50", '{"path": "a\\\\b", "oem": "50%_off"}', True),
    ("a\\\\b", 40, 4, "12.5", '{"path": "a\\\\\\\\b", "oem": "50xyoff"}', True),
    ("O'Ring \"2\"", 50, 5, "1.00", '{"article": "\'\\"; DROP TABLE part; --"}', True),
    ("Junk", 50, 5, "1", '{"color": ["красный"], "is_new_part": {"is": true}, "count": null}', True),
    ("Junk 2", 50, 5, "1", '{"color": {"красный": 1}, "is_new_part": [true], "count": [1, 2], "x": {"a": {}}}', True),
    ("Junk 3", 50, 5, "1", '{"color": null, "is_new_part": null, "price": 5, "count": "", "": "пустой ключ"}', True),
    ("Junk 4", 50, 5, "1", '{"color": 5, "is_new_part": 0, "count": -0.0,"big": 12345678901234567890.123456789}', True),
    ("Junk 5", 50, 5, "1", '{"color": true, "count": 0, "tiny": 1e-30, "huge": 1e60}', True),
    ("Long", 60, 6, "55.55", f'{{"color": "{LONG_COLOR}", "description": "{"длинный " * 500}"}}', True),
    ("Ключи", 60, 6, "44.4", '{"цвет": "ЁЖ", "ЦВЕТ": "еж", "k.e.y": "dots", "a b": "spaces","🔑":"😀 emoji"}', True),
    ("ё" * 400, 60, 6, "1", '{"color": "Ёлочный", "side": " левый  "}', True),
    ("", 70, 7, "3", '{"color": ""}', True),
    (" \t  Ведущие и хвостовые \n", 70, 7, "33.33", '{"color": "   "}', True),
    ("😀 датчик 🔑", LARGEST_ID, LARGEST_ID, "0.30", '{"is_new_part": false, "color": "белый"}', True),
    ("Control \x01\x07\b\f\x1b\x7f\u2028\u200b/<&>", 70, 7, "39", '{"color": "\\u0001\\u001b\\u007f\\u2028\\b"}', True),
    ("ДАТЧИК", LARGEST_ID, LARGEST_ID, "0.20", '{"is_new_part": true, "color": "БЕЛЫЙ", "count": 2}', True),
]  # fmt: skip


def _known_parts() -> list[Part]:
    """Return the edge cases and ordinary parts that fill some pages; the ids have gaps and end with the largest."""
    edge_cases = [
        Part(100 + 7 * number, name, model, mark, price, attributes, visible)
        for number, (name, model, mark, price, attributes, visible) in enumerate(_EDGE_CASES)
    ]
    plain = [
        Part(
            1000 + 3 * number,
            f"Фильтр масляный {number}",
            (10, 11, 20, 60)[number % 4],
            (1, 1, 2, 6)[number % 4],
            f"{number * 10 + 50}.{number:02}",
            f'{{"count": {number % 5}, "is_new_part": {str(number % 2 == 0).lower()}, "color": "серый"}}',
        )
        for number in range(47)
    ]
    return [*edge_cases, *plain, Part(LARGEST_ID, "Последняя деталь", 10, 1, "5.05")]


KNOWN_CATALOG = Catalog(_MARKS, _MODELS, _known_parts())
