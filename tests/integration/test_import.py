"""Price lists, from a file to the tables."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from partsearch import price_list
from partsearch.cli.import_price_list import import_price_list
from partsearch.price_list.errors import NoUsableRowsError, PriceListError, UnknownColumnsError

pytestmark = pytest.mark.usefixtures("empty_catalog")

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


@pytest.fixture
def dismantler(tmp_path: Path) -> Path:
    return write_list(tmp_path / "dismantler.csv", DISMANTLER_ROWS, DISMANTLER_HEADER)


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: str, name: str = "small") -> Path:
        return write_list(tmp_path / f"{name}.csv", rows)

    return write


def tables() -> dict[str, list[dict[str, Any]]]:
    """Everything that an import may change, row by row."""
    from partsearch.catalog.models import Mark, Model, Part
    from partsearch.catalog.price_list_part import PriceListPart

    return {model.__name__: list(model.objects.order_by("pk").values()) for model in (Mark, Model, Part, PriceListPart)}


def parts() -> list[dict[str, Any]]:
    return tables()["Part"]


def counts(path: Path, *, dry_run: bool = False) -> tuple[int, int, int, int]:
    """Imports the list: how many rows were added, updated, unchanged, and are not in the list any more."""
    comparison = price_list.run(path, dry_run=dry_run).comparison
    return len(comparison.added), len(comparison.changed), comparison.unchanged, comparison.not_in_list


def test_a_dismantlers_list_arrives_whole(dismantler: Path) -> None:
    price_list.run(dismantler)
    stored = tables()
    assert [(mark["name"], mark["producer_country_name"]) for mark in stored["Mark"]] == [
        ("BMW", "Германия"),
        ("Land Rover", "Великобритания"),
    ]
    assert sorted(model["name"] for model in stored["Model"]) == ["5 E34", "Discovery", "Range Rover"]
    assert [(part["name"], str(part["price"]), part["json_data"]) for part in stored["Part"]] == [
        (
            "Фара левая",
            "1873.50",
            {
                "year": 1995,
                "engine_volume": 2500,
                "fuel": "1",
                "oem": "63 12 8 350 065",
                "description": "С трещиной.",
                "currency": "BYN",
                "photo": "http://a/1.jpg",
                "is_new_part": False,
            },
        ),
        (
            "Стартер",
            "70.00",
            {"description": 'Проверен; тест "Бош".\nГарантия.', "currency": "USD", "is_new_part": True},
        ),
        (
            "Генератор",
            "100.00",
            {
                "year": 1998,
                "engine_volume": 2500,
                "fuel": "2",
                "engine_type": "TDS",
                "gearbox": "2",
                "currency": "USD",
                "discount": 10,
                "is_new_part": False,
            },
        ),
        ("Ёлка сцепления", "5.50", {"currency": "USD"}),
        (
            "Диск колесный",
            "150.00",
            {
                "year": 1995,
                "currency": "USD",
                "is_new_part": False,
                "wheel_diameter": 16,
                "wheel_width": 7.5,
                "bolt_count": 5,
                "wheel_offset": 20,
                "center_bore": 72.6,
                "bolt_circle": 120,
            },
        ),
    ]


def test_importing_again_changes_nothing(dismantler: Path) -> None:
    assert counts(dismantler) == (5, 0, 0, 0)
    before = tables()
    assert counts(dismantler) == (0, 0, 5, 0)
    assert tables() == before


cells = st.text(st.characters(codec="cp1251", exclude_characters="\0"), max_size=12)
prices = st.one_of(cells, st.decimals(0, 10_000, places=2).map(lambda price: str(price).replace(".", ",")))
lists = st.lists(st.tuples(st.sampled_from(["BMW", "bmw", "Б-М", "Б М"]), cells, cells, prices, cells), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lists)
def test_importing_any_list_again_changes_nothing(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = write_list(tmp_path / "any.csv", lines)
    try:
        first = price_list.run(path)
    except PriceListError:
        return
    before = tables()
    second = price_list.run(path)
    assert tables() == before
    assert second.comparison.unchanged == len(first.used)
    assert (second.comparison.new_marks, second.comparison.new_models) == ([], [])


def test_a_changed_row_changes_its_part_in_place(small: Callable[..., Path]) -> None:
    from partsearch.catalog.models import Part

    first = "BMW;5 E34;Фара;70;1"
    price_list.run(small(first, "BMW;5 E34;Капот;300;2"))
    Part.objects.filter(name="Капот").update(is_visible=False)
    ids = [part["id"] for part in parts()]
    assert counts(small(first, "BMW;5 E34;Капот;250,50;1")) == (0, 1, 1, 0)
    assert [
        (part["id"], part["name"], str(part["price"]), part["json_data"], part["is_visible"]) for part in parts()
    ] == [
        (ids[0], "Фара", "70.00", {"count": 1}, True),
        (ids[1], "Капот", "250.50", {"count": 1}, False),
    ]
    assert counts(small(first, "BMW;5 E34;Капот;250,50;1")) == (0, 0, 2, 0)


def test_a_changed_row_can_move_to_a_new_mark(tmp_path: Path) -> None:
    header = "ID;Марка;Модель;Название;Цена"
    price_list.run(write_list(tmp_path / "list.csv", ["7;BMW;5 E34;Фара;70"], header))
    assert counts(write_list(tmp_path / "list.csv", ["7;Honda;Accord;Фонарь;80"], header)) == (0, 1, 0, 0)
    [part] = parts()
    honda = tables()["Mark"][1]
    assert (part["name"], part["mark_id"], honda["producer_country_name"]) == ("Фонарь", honda["id"], "Япония")


def test_a_row_that_left_the_list_leaves_its_part_and_is_counted(small: Callable[..., Path]) -> None:
    price_list.run(small("BMW;5 E34;Фара;70;1", "BMW;5 E34;Капот;300;2"))
    before = tables()
    assert counts(small("BMW;5 E34;Фара;70;1")) == (0, 0, 1, 1)
    assert tables() == before


def test_lists_are_told_apart_by_their_names(small: Callable[..., Path]) -> None:
    row = "BMW;5 E34;Фара;70;1"
    assert counts(small(row, name="one")) == (1, 0, 0, 0)
    assert counts(small(row, name="two")) == (1, 0, 0, 0)
    assert counts(small(row, name="one")) == (0, 0, 1, 0)
    assert len(parts()) == 2


def test_a_dry_run_tells_the_same_and_changes_nothing(small: Callable[..., Path]) -> None:
    price_list.run(small("BMW;5 E34;Фара;70;1", "BMW;5 E34;Капот;300;2"))
    path = small("BMW;5 E34;Фара;60;1", "Honda;Accord;Капот;300;2")
    before = tables()
    assert counts(path, dry_run=True) == (1, 1, 0, 1)
    assert tables() == before
    assert counts(path) == (1, 1, 0, 1)


def test_a_failure_half_way_leaves_nothing(small: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from partsearch.catalog.price_list_part import PriceListPart

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr(PriceListPart.objects, "bulk_create", fail)
    before = tables()
    with pytest.raises(RuntimeError, match="half way"):
        price_list.run(small("BMW;5 E34;Фара;70;1"))
    assert tables() == before


def test_marks_and_models_are_found_by_name_hidden_or_spelt_otherwise(small: Callable[..., Path]) -> None:
    from partsearch.catalog.models import Mark, Model

    rover = Mark.objects.create(name="LAND-ROVER", is_visible=False)
    other = Mark.objects.create(name="Лада")
    model = Model.objects.create(name="Рэндж  Ровёр", mark=rover)
    Model.objects.create(name="Рэндж Ровер", mark=other)
    path = small("Land Rover;рэндж-ровер;Фара;70;1")
    report = price_list.run(path)
    assert (report.comparison.new_marks, report.comparison.new_models) == ([], [])
    assert [(part["mark_id"], part["model_id"]) for part in parts()] == [(rover.pk, model.pk)]


def test_of_two_spellings_in_the_catalog_the_same_one_is_taken(small: Callable[..., Path]) -> None:
    from partsearch.catalog.models import Mark

    Mark.objects.create(name="Land-Rover")
    exact = Mark.objects.create(name="Land Rover")
    price_list.run(small("Land Rover;Discovery;Фара;70;1"))
    assert parts()[0]["mark_id"] == exact.pk


def test_bad_rows_are_reported_with_their_numbers_and_stop_nothing(
    small: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = small(
        "BMW;5 E34;Фара;70;>50",
        "BMW;5 E34;;70;1",
        "",
        "BMW;5 E34;Капот;;1",
        "BMW;5 E34;Капот;дорого;1",
        "BMW;5 E34;Фонарь;;1",
        "BMW;5 E34;Фара;70;>50",
        "Итого;;;440;",
    )
    price_list.run(path)
    assert [part["name"] for part in parts()] == ["Фара"]
    shown = capsys.readouterr().out
    for line in (
        "encoding cp1251, delimiter ;, header in row 1",
        "Марка → mark; Модель → model; Название → name; Цена → price; Количество → count",
        "Rejected, no price (2): row 5, 7.",
        "Rejected, no part name (1): row 3.",
        "Rejected, unreadable price (1): row 6 (дорого).",
        "Rejected, repeats an earlier row (1): row 8.",
        "Rejected, no part name, no model (1): row 9.",
        "Used without count, unreadable (2): row 2 (>50), 8 (>50).",
        "New marks: BMW.",
    ):
        assert line in shown
    numbers = {line[:44].strip(): line[44:].strip() for line in shown.splitlines()}
    assert (numbers["Rows read"], numbers["Usable"], numbers["Rejected"], numbers["Added"]) == ("7", "1", "6", "1")


def test_a_list_that_cannot_be_used_changes_nothing(small: Callable[..., Path], tmp_path: Path) -> None:
    before = tables()
    with pytest.raises(UnknownColumnsError, match="no column for: mark, model"):
        price_list.run(write_list(tmp_path / "a.csv", ["Фара;70"], "Номенклатура;Цена"))
    with pytest.raises(NoUsableRowsError, match="no rows"):
        price_list.run(small())
    with pytest.raises(NoUsableRowsError, match=r"no price \(2\)") as caught:
        price_list.run(small("BMW;5 E34;Фара;;1", "BMW;5 E34;Капот;;1"))
    assert "row 2" in caught.value.next_step
    assert tables() == before


def test_the_number_of_queries_does_not_grow_with_the_list(small: Callable[..., Path]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(rows: int) -> int:
        path = small(*(f"Марка {n % 9};Модель {n % 30};Деталь {n};{n};1" for n in range(rows)), name=f"list{rows}")
        with CaptureQueriesContext(connection) as captured:
            price_list.run(path)
        return len(captured)

    # begin, lock, known rows, marks, models, new marks, new models, parts, their origins, commit
    assert queries(20) >= queries(900)


def test_names_are_as_long_as_their_columns() -> None:
    from partsearch.catalog.models import Mark, Model, Part
    from partsearch.price_list.columns import Field
    from partsearch.price_list.validate import LONGEST_TEXTS

    columns = {Field.MARK: Mark, Field.MODEL: Model, Field.NAME: Part}
    assert {field: model._meta.get_field("name").max_length for field, model in columns.items()} == LONGEST_TEXTS


def test_two_imports_at_once_create_a_mark_once(small: Callable[..., Path]) -> None:
    from django.db import connection, transaction

    from partsearch.catalog.loading import hold_catalog
    from partsearch.catalog.models import Mark

    path = small("BMW;5 E34;Фара;70;1")

    def import_in_its_own_connection() -> None:
        price_list.run(path)
        connection.close()

    other = threading.Thread(target=import_in_its_own_connection)
    with transaction.atomic():
        hold_catalog()
        Mark.objects.create(name="BMW")
        other.start()
        other.join(timeout=1)
        assert other.is_alive()
    other.join(timeout=20)
    assert [mark["name"] for mark in tables()["Mark"]] == ["BMW"]
    assert len(parts()) == 1


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM part WHERE name = 'Фара'", "DELETE FROM part", "TRUNCATE part", "TRUNCATE part, model, mark"],
)
def test_a_part_that_any_client_removed_is_forgotten_and_comes_again(
    statement: str, small: Callable[..., Path], migrated_database: str
) -> None:
    path = small("BMW;5 E34;Фара;70;1", "BMW;5 E34;Капот;300;2")
    price_list.run(path)
    with psycopg.connect(migrated_database) as connection:
        connection.execute(statement)
    left = parts()
    assert [row["part_id"] for row in tables()["PriceListPart"]] == [part["id"] for part in left]
    assert counts(path) == (2 - len(left), 0, len(left), 0)
    assert sorted(part["name"] for part in parts()) == ["Капот", "Фара"]


def test_a_part_that_gets_another_id_keeps_its_origin(small: Callable[..., Path], migrated_database: str) -> None:
    price_list.run(small("BMW;5 E34;Фара;70;1"))
    with psycopg.connect(migrated_database) as connection:
        connection.execute("UPDATE part SET id = id + 1000000")
    assert counts(small("BMW;5 E34;Фара;60;1")) == (0, 1, 0, 0)
    assert [str(part["price"]) for part in parts()] == ["60.00"]


def test_the_command_imports_and_takes_dry_run(small: Callable[..., Path]) -> None:
    app = typer.Typer()
    app.command()(import_price_list)
    path = str(small("BMW;5 E34;Фара;70;1"))
    dry = CliRunner().invoke(app, [path, "--dry-run"])
    assert (dry.exit_code, "Dry run: nothing was changed." in dry.output, parts()) == (0, True, [])
    done = CliRunner().invoke(app, [path])
    assert (done.exit_code, "Imported in" in done.output, len(parts())) == (0, True, 1)
