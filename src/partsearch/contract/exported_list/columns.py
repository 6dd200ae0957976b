"""The columns of an exported list: always the same, so that the list can be written while it is read."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from partsearch.contract.errors import ProblemError
from partsearch.contract.exported_list import cells
from partsearch.contract.exported_list.cells import Cell, WriteCell, is_plain, shown_text
from partsearch.contract.exported_list.exact_json import decode_exact, encode_exact
from partsearch.contract.exported_list.part import JSON_HEADER, REFERENCE_HEADER, ExportedPart
from partsearch.contract.text.json_text import decode_json


@dataclass(frozen=True)
class ExportedColumn:
    """A column with the values of one key of ``json_data``, as far as ``write`` returns a cell for them."""

    header: str
    key: str
    write: WriteCell


COLUMNS = (
    ExportedColumn("Валюта", "currency", cells.write_currency),
    ExportedColumn("Артикул", "article", cells.write_part_number),
    ExportedColumn("Оригинальный номер", "oem", cells.write_part_number),
    ExportedColumn("Производитель", "brand", cells.write_text),
    ExportedColumn("Категория", "category", cells.write_text),
    ExportedColumn("Состояние", "is_new_part", cells.write_condition),
    ExportedColumn("Количество", "count", cells.write_count),
    ExportedColumn("Наличие", "available", cells.write_available),
    ExportedColumn("Ед. изм.", "unit", cells.write_text),
    ExportedColumn("Цвет", "color", cells.write_text),
    ExportedColumn("Сторона", "side", cells.write_side),
    ExportedColumn("Перед/зад", "position", cells.write_position),
    ExportedColumn("Верх/низ", "level", cells.write_level),
    ExportedColumn("Год", "year", cells.write_year),
    ExportedColumn("Объем двигателя", "engine_volume", cells.write_measure),
    ExportedColumn("Тип двигателя", "engine_type", cells.write_text),
    ExportedColumn("Топливо", "fuel", cells.write_code),
    ExportedColumn("Коробка", "gearbox", cells.write_code),
    ExportedColumn("Тип кузова", "body_type", cells.write_code),
    ExportedColumn("Описание", "description", cells.write_text),
    ExportedColumn("Фото", "photo", cells.write_photos),
    ExportedColumn("Видео", "video", cells.write_text),
    ExportedColumn("Скидка", "discount", cells.write_measure),
    ExportedColumn("Телефон", "phone", cells.write_text),
    ExportedColumn("Версия", "version", cells.write_text),
    ExportedColumn("Склад", "stock_note", cells.write_text),
    ExportedColumn("Диаметр диска", "wheel_diameter", cells.write_measure),
    ExportedColumn("Ширина диска", "wheel_width", cells.write_measure),
    ExportedColumn("Количество отверстий", "bolt_count", cells.write_measure),
    ExportedColumn("Вылет", "wheel_offset", cells.write_quantity),
    ExportedColumn("Ступичное отверстие", "center_bore", cells.write_measure),
    ExportedColumn("PCD", "bolt_circle", cells.write_measure),
)

HEADERS = (
    REFERENCE_HEADER,
    "Наименование",
    "Марка",
    "Модель",
    "Цена",
    *(column.header for column in COLUMNS),
    JSON_HEADER,
)

_PLACES = {column.key: (place, column.write) for place, column in enumerate(COLUMNS, 5)}
_NAMES = ("name", "mark", "model")
ESCAPED = "".join(map(chr, (*range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF)))
"""The characters that stand as six, such as ``\\u007f``, in the last column."""

_TO_ESCAPE = re.compile(f"[{ESCAPED}]")


def row_of(part: ExportedPart) -> list[Cell]:
    """Return the cells of a part under ``HEADERS``; an empty text is an empty cell."""
    row: list[Cell] = [""] * len(HEADERS)
    row[0] = part.reference
    row[1:4] = shown = [shown_text(part.name), shown_text(part.mark), shown_text(part.model)]
    row[4] = _number(part.price)
    exact = {
        key: text
        for key, text, cell in zip(_NAMES, part[1:4], shown, strict=True)
        if cell != text or not is_plain(text)
    }
    row[-1] = _fill_columns(part.json_data, row, exact)
    return row


def _fill_columns(json_data: str, row: list[Cell], exact: dict[str, str]) -> str:
    """Write the values that have cells of their own into the row, and return the last cell, with all others."""
    try:
        values = decode_exact(json_data)
    except RecursionError:
        return _escaped(json_data)
    others = {}
    for key, value in values.items():
        place, write = _PLACES.get(key, (0, None))
        cell = write(value) if write else None
        if cell is None:
            others[key] = value
        else:
            row[place] = cell
    if exact:
        return _escaped(encode_exact([exact, others]).decode())
    return _escaped(encode_exact(others).decode()) if others else ""


def _number(text: str) -> Decimal | int:
    return Decimal(text) if "." in text else int(text)


def _escaped(text: str) -> str:
    """Return JSON text without characters that XML cannot hold, or that a reader of a text file may take for others."""
    return _TO_ESCAPE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


@dataclass(frozen=True)
class LastCell:
    """What the last cell of a row says.

    Attributes:
        names: the exact names that the cells of the row cannot show: ``name``, ``mark``, ``model``.
        values: the values of ``json_data`` without cells of their own.
    """

    names: dict[str, str]
    values: dict[str, Any]

    def exact_name(self, key: str, cell: str) -> str | None:
        """Return the exact name if ``cell`` still shows it; ``None`` if there is none, or somebody has edited it."""
        exact = self.names.get(key)
        return exact if exact is not None and shown_text(exact) == shown_text(cell) else None


def read_last_cell(text: str) -> LastCell:
    """Return what the last cell of a row says; an empty cell says nothing.

    Raises:
        ValueError: it is not a cell that ``row_of`` writes.
    """
    if not text:
        return LastCell({}, {})
    try:
        found = decode_exact(text)
        if "\\u" in text:
            # Strictly: of the characters that JSON can write the database cannot store all.
            decode_json(text)
    except (RecursionError, ProblemError):
        raise ValueError("nested too deep, or not storable") from None
    names, values = found if isinstance(found, list) and len(found) == 2 else ({}, found)
    if not (isinstance(values, dict) and isinstance(names, dict) and _are_names(names)):
        raise ValueError("not an object, and not names with an object")
    return LastCell(names, values)


def _are_names(found: dict[str, Any]) -> bool:
    return all(key in _NAMES and isinstance(name, str) for key, name in found.items())


def row_of_object(found: dict[str, Any]) -> list[str]:
    """Return the cells of one line of exported JSON, as texts.

    Args:
        found: the object, as ``decode_exact`` returns it; what it lacks is empty.
    """
    data = found.get(JSON_HEADER)
    is_object = isinstance(data, dict)
    name, mark, model = (_text(found.get(key)) for key in _NAMES)
    row = row_of(ExportedPart("", name, mark, model, "0", encode_exact(data).decode() if is_object else "{}"))
    row[0] = _text(found.get(REFERENCE_HEADER))
    row[4] = _text(found.get("price"))
    if not is_object and data is not None:
        row[-1] = encode_exact(data).decode()
    return [cell if isinstance(cell, str) else f"{Decimal(cell):f}" for cell in row]


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)
