"""Price lists for the tests, and the tables after an import."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from partsearch import price_list

DISMANTLER_HEADER = (
    "МАРКА;МОДЕЛЬ;ГОД;ОБЪЕМ ДВИГАТЕЛЯ;ТОПЛИВО;ТИП ДВИГАТЕЛЯ;КОРОБКА;ТИП КУЗОВА;НАИМЕНОВАНИЕ ЗАПЧАСТИ;"
    "ОРИГИНАЛЬНЫЙ НОМЕР;ОПИСАНИЕ;ЦЕНА;ВАЛЮТА;ID_EXT;ФОТО;СКИДКА;НОВАЯ ДЕТАЛЬ;ТЕЛЕФОН;ВЕРСИЯ;СКЛАДСКАЯ ИНФОРМАЦИЯ;"
    "R ДИАМЕТР;J ШИРИНА;КОЛ ОТВЕРСТИЙ;ET ВЫЛЕТ;DIA;PCD;ВИДЕО"
)
DISMANTLER_ROWS = (
    "BMW;5 E34;1995;2500;1;;;0;Фара левая;63 12 8 350 065;С трещиной.;1\N{NO-BREAK SPACE}873,50;BYN;11;http://a/1.jpg;0;0;;;;;;;;;;",
    'Land Rover;Range Rover;0;0;;-;;0;Стартер;;"Проверен; тест ""Бош"".\nГарантия.";70;USD;12;;0;1;;;;;;;;;;',
    "Land-Rover;Range-Rover;1998;2500;2;TDS;2;0;Генератор;;;100;USD;13;;10;0;;;;;;;;;;",
    "land  rover;Discovery;;;;;;;Ёлка сцепления;;;5,5;USD;14;;;;;;;;;;;;;",
    "BMW;5 E34;1995;0;;;;0;Диск колесный;;;150;USD;15;;0;0;;;;16;7.5;5;20.0;72.6;120.0;",
)
SMALL_HEADER = "Марка;Модель;Название;Цена;Количество"


def write_list(path: Path, rows: Sequence[str], header: str = SMALL_HEADER, encoding: str = "cp1251") -> Path:
    path.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
    return path


def write_dismantlers_list(folder: Path) -> Path:
    return write_list(folder / "dismantler.csv", DISMANTLER_ROWS, DISMANTLER_HEADER)


def tables() -> dict[str, list[dict[str, Any]]]:
    """Return every row that an import may change, without the time of the last change of a part."""
    from partsearch.catalog.models import Mark, Model, Part
    from partsearch.catalog.price_list_part import PriceListPart

    return {
        model.__name__: [
            {name: value for name, value in row.items() if name != "updated_at"}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (Mark, Model, Part, PriceListPart)
    }


def parts() -> list[dict[str, Any]]:
    return tables()["Part"]


def counts(path: Path, *, dry_run: bool = False) -> tuple[int, int, int, int]:
    """Import the list; return how many rows were added, updated, unchanged, and removed from the list."""
    changes = price_list.run(path, dry_run=dry_run).changes
    return changes.new, changes.changed, changes.unchanged, changes.gone


class SmallList:
    """Writes small lists into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *rows: str, name: str = "small") -> Path:
        return write_list(self._folder / f"{name}.csv", rows)
