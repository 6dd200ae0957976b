"""The tables and the report after the import of a price list."""

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from partsearch import price_list
from partsearch.cli.import_price_list import import_price_list
from partsearch.price_list.errors import NoUsableRowsError, UnknownColumnsError
from tests.integration.price_lists import SmallList, parts, tables, write_dismantlers_list, write_list

pytestmark = pytest.mark.usefixtures("empty_catalog")


@pytest.fixture
def small(tmp_path: Path) -> SmallList:
    return SmallList(tmp_path)


def test_every_row_of_a_dismantlers_list_is_imported(tmp_path: Path) -> None:
    price_list.run(write_dismantlers_list(tmp_path))
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


@pytest.mark.parametrize("statement", ["write_new", "write_new_origins", "end_import"])
def test_a_failed_import_changes_nothing(small: SmallList, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    from partsearch.price_list.applying import apply

    def fail_at(name: str, **parameters: object) -> None:
        if name == statement:
            raise RuntimeError("half way")
        run(name, **parameters)

    run = apply.run
    monkeypatch.setattr(apply, "run", fail_at)
    before = tables()
    with pytest.raises(RuntimeError, match="half way"):
        price_list.run(small("BMW;5 E34;Фара;70;1"))
    assert tables() == before


def test_marks_and_models_are_matched_by_name_even_if_hidden_or_spelt_differently(small: SmallList) -> None:
    from partsearch.catalog.models import Mark, Model

    rover = Mark.objects.create(name="LAND-ROVER", is_visible=False)
    other = Mark.objects.create(name="Лада")
    model = Model.objects.create(name="Рэндж  Ровёр", mark=rover)
    Model.objects.create(name="Рэндж Ровер", mark=other)
    path = small("Land Rover;рэндж-ровер;Фара;70;1")
    report = price_list.run(path)
    assert (list(report.changes.new_marks), list(report.changes.new_models)) == ([], [])
    assert (report.changes.in_hidden, list(report.changes.hidden_names)) == (1, [("LAND-ROVER", 1)])
    assert [(part["mark_id"], part["model_id"]) for part in parts()] == [(rover.pk, model.pk)]


def test_the_mark_with_the_exact_spelling_is_preferred(small: SmallList) -> None:
    from partsearch.catalog.models import Mark

    Mark.objects.create(name="Land-Rover")
    exact = Mark.objects.create(name="Land Rover")
    price_list.run(small("Land Rover;Discovery;Фара;70;1"))
    assert parts()[0]["mark_id"] == exact.pk


def test_invalid_rows_are_reported_by_number_and_skipped(small: SmallList, capsys: pytest.CaptureFixture[str]) -> None:
    path = small(
        "BMW;5 E34;Фара;70;-1",
        "BMW;5 E34;;70;1",
        "",
        "BMW;5 E34;Капот;;1",
        "BMW;5 E34;Капот;дорого;1",
        "BMW;5 E34;Фонарь;;1",
        "BMW;5 E34;Фара;70;-1",
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
        "Skipped, total (1): row 9.",
        "Check negative stock, imported as 0 (2): row 2 (-1), 8 (-1).",
        "New marks (1): BMW.",
    ):
        assert line in shown
    numbers = dict(re.findall(r"^ *(\S.*?) {2,}([\d,]+)$", shown, re.MULTILINE))
    assert (numbers["Rows read"], numbers["New"], numbers["Rejected"]) == ("8", "1", "5")
    assert (numbers["Totals"], numbers["Blank"]) == ("1", "1")


def test_an_unusable_list_changes_nothing(small: SmallList, tmp_path: Path) -> None:
    before = tables()
    with pytest.raises(UnknownColumnsError, match="no column for: price"):
        price_list.run(write_list(tmp_path / "a.csv", ["Фара;A-70"], "Номенклатура;Артикул"))
    with pytest.raises(NoUsableRowsError, match="no rows"):
        price_list.run(small())
    with pytest.raises(NoUsableRowsError, match=r"no price \(2\)") as caught:
        price_list.run(small("BMW;5 E34;Фара;;1", "BMW;5 E34;Капот;;1"))
    assert "row 2" in caught.value.next_step
    assert tables() == before


def test_the_number_of_queries_does_not_grow_with_the_list(small: SmallList) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(rows: int, price: int = 1) -> int:
        lines = (f"Марка {n % 9};Модель {n % 30};Деталь {n};{price};1" for n in range(rows))
        path = small(*lines, name=f"list{rows}")
        with CaptureQueriesContext(connection) as captured:
            price_list.run(path)
        return len(captured)

    queries(90)  # the marks and models of all lists
    # The rows of one list may be in two segments of the totals, and each is folded.
    of_a_segment = 3
    for price in (1, 2, 2):
        assert abs(queries(5_000, price) - queries(1_200, price)) <= of_a_segment


def test_the_limits_of_names_are_those_of_the_columns() -> None:
    from partsearch.catalog.models import Mark, Model, Part
    from partsearch.price_list.columns import Field
    from partsearch.price_list.validate import LONGEST_TEXTS

    columns = {Field.MARK: Mark, Field.MODEL: Model, Field.NAME: Part}
    assert {field: model._meta.get_field("name").max_length for field, model in columns.items()} == LONGEST_TEXTS


def test_the_command_imports_and_has_a_dry_run(small: SmallList) -> None:
    app = typer.Typer()
    app.command()(import_price_list)
    path = str(small("BMW;5 E34;Фара;70;1"))
    dry = CliRunner().invoke(app, [path, "--dry-run"])
    assert (dry.exit_code, "Dry run: nothing was changed." in dry.output, parts()) == (0, True, [])
    done = CliRunner().invoke(app, [path])
    assert (done.exit_code, "Imported in" in done.output, len(parts())) == (0, True, 1)


def test_equivalent_spellings_are_one_mark_and_one_model(tmp_path: Path) -> None:
    spellings = [
        ("Ёмобиль", "Йети"),
        ("Е\u0308мобиль", "И\u0306ети"),
        ("Subaru", "Impreza"),
        ("Subaru\u200b", "Im\u00adpreza"),
        ("Ｓｕｂａｒｕ", "IMPREZA\ufeff"),
        ("Land\u2011Rover", "Discovery"),
        ("Land\uff0dRover", "Discovery"),
    ]
    for number, (mark, model) in enumerate(spellings):
        path = tmp_path / f"list {number}.csv"
        price_list.run(write_list(path, [f"{mark};{model};Фара;1;1"], encoding="utf-8"))
    stored = tables()
    assert [mark["name"] for mark in stored["Mark"]] == ["Ёмобиль", "Subaru", "Land\u2011Rover"]
    assert [model["name"] for model in stored["Model"]] == ["Йети", "Impreza", "Discovery"]
    assert len(stored["Part"]) == len(spellings)
