"""The names, marks and models of the demo catalog."""

import pytest

from partsearch.catalog.generation.shapes.demo_cars import DEMO_MARKS
from partsearch.catalog.generation.shapes.demo_names import DEMO_NAMES
from partsearch.catalog.names import name_key
from partsearch.catalog.vehicle_names import shipped_country

NAMES = {name.name: name for names in DEMO_NAMES for name in names}
ADJECTIVES = {
    "м": ("передний", "задний", "верхний", "нижний", "левый", "правый"),
    "ж": ("передняя", "задняя", "верхняя", "нижняя", "левая", "правая"),
    "с": ("переднее", "заднее", "левое", "правое"),
    "мн": ("передние", "задние"),
    "р": ("передней", "задней", "левой", "правой"),
}
FORM = {adjective: form for form, adjectives in ADJECTIVES.items() for adjective in adjectives}


def test_there_are_enough_names_marks_and_models() -> None:
    assert len(DEMO_NAMES) >= 60
    assert len(DEMO_MARKS) >= 20
    assert sum(len(mark.models) for mark in DEMO_MARKS) >= 100


@pytest.mark.parametrize(
    "name",
    [
        "Бампер передний",
        "Фара левая",
        "Дверь задняя правая",
        "Крыло переднее левое",
        "Колодки тормозные передние",
        "Стекло двери передней левой",
        "Сиденье заднее правое",
        "Рычаг подвески передний нижний левый",
        "Капот",
    ],
)
def test_names_are_russian(name: str) -> None:
    assert name in NAMES


def test_the_adjectives_of_a_name_agree() -> None:
    for name in NAMES:
        forms = {FORM[word] for word in name.split() if word in FORM}
        assert len(forms) <= 1, name


def test_a_name_has_its_side() -> None:
    assert NAMES["Стекло двери передней левой"].side == "левая"
    assert NAMES["Фара правая"].side == "правая"
    assert NAMES["Бампер передний"].side == ""


def test_names_and_cars_are_not_repeated() -> None:
    assert len(NAMES) == sum(len(names) for names in DEMO_NAMES)
    assert len({name_key(mark.name) for mark in DEMO_MARKS}) == len(DEMO_MARKS)
    for mark in DEMO_MARKS:
        assert len({name_key(model.name) for model in mark.models}) == len(mark.models)


def test_every_mark_has_its_country_and_every_model_its_years() -> None:
    countries = {mark.name: mark.country for mark in DEMO_MARKS}
    assert all(countries.values())
    assert (countries["Honda"], countries["BMW"], countries["ВАЗ"]) == ("Япония", "Германия", "Россия")
    assert all(1950 < model.first_year <= model.last_year for mark in DEMO_MARKS for model in mark.models)


def test_the_country_of_a_mark_does_not_depend_on_the_spelling() -> None:
    assert shipped_country("LAND-ROVER") == "Великобритания"
    assert shipped_country("Никакая") == ""


def test_a_mark_and_some_models_are_hidden() -> None:
    assert [mark.name for mark in DEMO_MARKS if not mark.is_visible] == ["Daewoo"]
    assert [model.name for mark in DEMO_MARKS for model in mark.models if not model.is_visible] == [
        "Scorpio",
        "Carisma",
    ]
