"""The lists that are imported: CSV files with 12 columns and the rows of the shape ``used``.

The last columns of a row may be empty, as in a dismantler's list. The same seed writes the same rows.
"""

import csv
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path

from partsearch.catalog.generation.shape import Shape
from partsearch.catalog.generation.shapes import GeneratedPart, generated_parts

HEADERS = (
    *("Марка", "Модель", "Наименование", "Цена", "Состояние", "Цвет"),
    *("Год", "Сторона", "OEM", "Артикул", "Описание", "Фото"),
)
_KEYS = ("color", "year", "side", "oem", "article", "description", "photo")
_CONDITIONS = {True: "новая", False: "б/у", None: ""}
_ONE_PERCENT = 100
_CHANGED_ROW = 37


def write_list(path: Path, rows: int, seed: int, *, is_changed: bool = False) -> Path:
    """Write a list, and return its path.

    Args:
        path: the file.
        rows: their number.
        seed: chooses the rows.
        is_changed: whether every hundredth row has another price than without.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(HEADERS)
        writer.writerows(_rows(rows, seed, is_changed=is_changed))
    return path


def _rows(rows: int, seed: int, *, is_changed: bool) -> Iterator[list[object]]:
    for number, part in enumerate(islice(generated_parts(Shape.USED, seed), rows)):
        is_other = is_changed and number % _ONE_PERCENT == _CHANGED_ROW
        yield _row(part, part.price + 50 if is_other else part.price)


def _row(part: GeneratedPart, price: Decimal) -> list[object]:
    condition = _CONDITIONS[_is_new(part)]
    return [
        part.mark.name,
        part.model.name,
        part.name,
        price,
        condition,
        *(part.json_data.get(key, "") for key in _KEYS),
    ]


def _is_new(part: GeneratedPart) -> bool | None:
    is_new = part.json_data.get("is_new_part")
    return None if is_new is None else bool(is_new)
