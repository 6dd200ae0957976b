"""Lists with the oddities of real ones: what is in the catalog afterwards."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from partsearch import price_list
from partsearch.price_list.errors import UnknownEncodingError
from tests.integration.price_lists import counts, tables
from tests.support.price_lists import write

pytestmark = pytest.mark.usefixtures("empty_catalog")

Imported = list[tuple[str, str, str, str, dict[str, Any]]]


def imported() -> Imported:
    """Return mark, model, name, price and ``json_data`` of all parts."""
    stored = tables()
    marks = {mark["id"]: mark["name"] for mark in stored["Mark"]}
    models = {model["id"]: model["name"] for model in stored["Model"]}
    return [
        (marks[part["mark_id"]], models[part["model_id"]], part["name"], str(part["price"]), part["json_data"])
        for part in stored["Part"]
    ]


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Imported]:
    def load(content: str | bytes, name: str = "list.csv", **options: Any) -> Imported:
        price_list.run(write(tmp_path, content, name), **options)
        return imported()

    return load


def test_a_wholesalers_list_gets_its_cars_from_the_names(load: Callable[..., Imported]) -> None:
    text = (
        "Бренд;Артикул;Наименование;Цена;Остаток\n"
        "TRIALLI;CD-1;Колодки задние Lanos/Nexia;1 250,00;>10\nBOSCH;F-2;Фильтр масляный ВАЗ 2108;310,50;4\n"
        "NOFER;K-3;Ключ рожковый 10х12;99,00;-\n"
    )
    assert load(text.encode("cp1251")) == [
        (
            *("Daewoo", "Lanos", "Колодки задние Lanos/Nexia", "1250.00"),
            {
                "brand": "TRIALLI",
                "article": "CD-1",
                "count": 10,
                "availability": "не менее 10",
                "fits": ["Daewoo Lanos", "Daewoo Nexia"],
            },
        ),
        ("ВАЗ", "2108", "Фильтр масляный ВАЗ 2108", "310.50", {"brand": "BOSCH", "article": "F-2", "count": 4}),
        ("Без марки", "Универсальная", "Ключ рожковый 10х12", "99.00", {"brand": "NOFER", "article": "K-3"}),
    ]


def test_look_alike_letters_make_no_mark(load: Callable[..., Imported], capsys: pytest.CaptureFixture[str]) -> None:
    text = "Марка;Модель;Название;Цена\nBMW;X3;Фара;5000\nВМW;Х3;Фара;5100\nМерседес;Vito;Дверь;3000\n"
    assert [row[:2] for row in load(text)] == [("BMW", "X3"), ("BMW", "X3"), ("Mercedes-Benz", "Vito")]
    assert "Taken for known marks and models: ВМW → BMW (1), Х3 → X3 (1), Мерседес → Mercedes-Benz (1)." in (
        capsys.readouterr().out
    )


def test_a_mark_that_the_catalog_has_keeps_its_name(load: Callable[..., Imported]) -> None:
    from partsearch.catalog.models import Mark, Model

    Mark.objects.create(name="Лада")
    Model.objects.create(name="Solaris", mark=Mark.objects.create(name="Hyundai"))
    found = load("Марка;Модель;Название;Цена\nЛада;Веста;Фара;100\nHyundai;Солярис;Фара;200\n")
    assert [row[:2] for row in found] == [("Лада", "Веста"), ("Hyundai", "Solaris")]
    assert {mark["name"] for mark in tables()["Mark"]} == {"Лада", "Hyundai"}


@pytest.mark.parametrize(
    ("mark", "other"), [("Ёмобиль", "Ё-мобиль"), ("Citroën", "Citroen"), ("Land Rover", "LandRover")]
)
def test_spellings_of_a_mark_are_one_mark(load: Callable[..., Imported], mark: str, other: str) -> None:
    text = f"Марка;Модель;Название;Цена\n{mark};Один;Фара;1\n{mark};Один;Фонарь;1\n{other};Два;Фара;2\n"
    assert {row[0] for row in load(text)} == {mark}


def test_a_yml_feed(load: Callable[..., Imported]) -> None:
    feed = (
        '<?xml version="1.0" encoding="UTF-8"?><yml_catalog><shop><categories><category id="1">Оптика</category>'
        "</categories>"
        '<offers><offer id="7" available="true"><price>1500</price><currencyId>RUB</currencyId>'
        "<categoryId>1</categoryId><vendor>TYC</vendor><name>Фара Honda Fit</name></offer></offers>"
        "</shop></yml_catalog>"
    )
    data = {"available": True, "currency": "RUB", "category": "Оптика", "brand": "TYC"}
    assert load(feed, "feed.csv") == [("Honda", "Fit", "Фара Honda Fit", "1500.00", data)]


def test_an_encoding_that_cannot_be_known_is_asked_for(load: Callable[..., Imported]) -> None:
    text = "mark;model;name;price\nKia;Rio;дом;120\n".encode("koi8-r")
    with pytest.raises(UnknownEncodingError) as caught:
        load(text)
    assert "--encoding" in caught.value.next_step
    assert imported() == []
    assert [row[2] for row in load(text, encoding="koi8-r")] == ["дом"]


def test_a_profile_says_how_to_read_the_list(load: Callable[..., Imported]) -> None:
    profile = '[[column]]\nindex = 1\nmeaning = "name"\n[[column]]\nindex = 3\nmeaning = "price"\n'
    assert [row[2:4] for row in load("1;Фара;5;700\n2;Фонарь;6;800\n", profile=profile)] == [
        ("Фара", "700.00"),
        ("Фонарь", "800.00"),
    ]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Марка;Модель;Название;Цена\nKia;Rio;Фара;100\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    price_list.run(Path("-"))
    assert [row[:3] for row in imported()] == [("Kia", "Rio", "Фара")]


def test_a_list_that_an_older_release_imported_keeps_its_parts(tmp_path: Path) -> None:
    from partsearch.catalog.models import Part
    from partsearch.catalog.price_list_part import PriceListPart

    header = "Марка;Модель;Название;Номер OEM;Цена;Сторона\n"
    path = write(tmp_path, f"{header}Kia;Rio;Фара;92101-1;100;лев\nKia;Rio;Фара;92102-1;110;прав\n", "list.csv")
    assert counts(path) == (2, 0, 0, 0)
    ids = list(Part.objects.order_by("id").values_list("id", flat=True))
    for number, part in enumerate(Part.objects.order_by("id")):
        Part.objects.filter(id=part.pk).update(json_data={**part.json_data, "side": ("лев", "прав")[number]})
        PriceListPart.objects.filter(part_id=part.pk).update(row_key=f"row:{number}", row_digest="of the older release")
    assert counts(path) == (0, 2, 0, 0)
    assert counts(path) == (0, 0, 2, 0)
    stored = Part.objects.order_by("id").values_list("id", "json_data__oem", "json_data__side")
    assert list(stored) == [(ids[0], "92101-1", "левая"), (ids[1], "92102-1", "правая")]


def test_characters_that_cannot_be_stored_are_replaced(load: Callable[..., Imported]) -> None:
    line = '{"name": "Фа\\u0000ра Kia Rio", "price": 100, "description": "\\u0000a\\ud800", "article": "\\udfff1"}\n'
    assert load(line, "list.jsonl") == [
        ("Kia", "Rio", "Фа\ufffdра Kia Rio", "100.00", {"description": "\ufffda\ufffd", "article": "\ufffd1"})
    ]


def test_a_part_that_moves_to_the_section_of_another_car_changes(tmp_path: Path) -> None:
    header = "Артикул;Наименование;Цена\n"
    first = f"{header}МАЗ;;\nA-1;Вал;1500\nA-2;Ступица;900\nКАМАЗ;;\nA-3;Рессора;9000\n"
    assert counts(write(tmp_path, first, "sections.csv")) == (3, 0, 0, 0)
    again = counts(write(tmp_path, f"Прайс;;\n{first}", "sections.csv"))
    assert again == (0, 0, 3, 0)
    moved = f"{header}МАЗ;;\nA-1;Вал;1500\nКАМАЗ;;\nA-2;Ступица;900\nA-3;Рессора;9000\n"
    new, changed, unchanged, _ = counts(write(tmp_path, moved, "sections.csv"))
    assert (new + changed, unchanged) == (1, 2)
    shown = {name: mark for mark, _, name, _, _ in imported()}
    assert shown["Ступица"] == "КАМАЗ"


def test_a_negative_stock_is_reported_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "Артикул;Наименование;Цена;Остаток\nA-1;Вал;1500;-3\nA-2;Диск;900;4\n", "negative.csv")
    for _ in range(2):
        price_list.run(path)
        assert "Check negative stock, imported as 0 (1): row 2 (-3)." in capsys.readouterr().out
    assert [data["count"] for *_, data in imported()] == [0, 4]
