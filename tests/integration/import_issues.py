"""Issues of a list, edits by hand between them, and what the catalog shows afterwards."""

from pathlib import Path
from typing import Any

from partsearch import price_list
from partsearch.price_list.report import ImportReport
from partsearch.price_list.undo import UndoReport, undo_last_import
from tests.integration.price_lists import tables

HEADER = "ID;Артикул;Марка;Модель;Название;Цена;Статус;Описание"


class Issues:
    """Imports issues of a list."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *rows: str, name: str = "list", header: str = HEADER, **options: Any) -> ImportReport:
        path = self._folder / f"{name}.csv"
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return price_list.run(path, **options)


def undo(source: str | None = None) -> UndoReport:
    from partsearch.database.django_setup import bulk_load

    with bulk_load():
        return undo_last_import(source)


def shown() -> list[tuple[str, str]]:
    """Return name and price of the visible parts."""
    return [(part["name"], str(part["price"])) for part in tables()["Part"] if part["is_visible"]]


def change(part_name: str, **columns: Any) -> None:
    """Edit a part as a person does."""
    from partsearch.catalog.models import Part

    assert Part.objects.filter(name=part_name).update(**columns) == 1


def numbers(report: ImportReport) -> dict[str, int]:
    """Return the counts of what has changed that are not 0."""
    names = ("new", "changed", "unchanged", "gone", "sold", "sold_unknown", "shown_again")
    found = {name: getattr(report.changes, name) for name in names}
    return {name: count for name, count in found.items() if count}


def rows(number: int, price: int = 100) -> list[str]:
    return [f"{n};;Kia;Rio;Деталь {n};{price};;" for n in range(number)]
