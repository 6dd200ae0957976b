from collections import defaultdict

from partsearch.catalog.generation.shapes.demo_cars import DEMO_MARKS
from partsearch.catalog.vehicle_names import AliasUse, shipped_country, vehicle_marks, vehicle_names
from partsearch.contract.text.folding import join
from partsearch.price_list.vehicles import VehicleDirectory

NAMES = vehicle_names()


def test_no_alias_has_two_marks() -> None:
    marks = defaultdict(set)
    for name in NAMES:
        if not name.model:
            marks[join(name.alias)].add(name.mark)
    assert {alias: found for alias, found in marks.items() if len(found) > 1} == {}


def test_no_alias_has_two_models_of_a_mark() -> None:
    models = defaultdict(set)
    for name in NAMES:
        if name.model:
            models[name.mark, join(name.alias)].add(name.model)
    assert {alias: found for alias, found in models.items() if len(found) > 1} == {}


def test_no_mark_is_there_twice_and_each_has_a_country_and_models() -> None:
    marks = [mark.name for mark in vehicle_marks()]
    assert len(marks) == len({join(mark) for mark in marks})
    assert all(mark.country for mark in vehicle_marks())
    assert {name.mark for name in NAMES if name.model} == set(marks)


def test_every_alias_has_letters_or_digits() -> None:
    assert [name for name in NAMES if not join(name.alias)] == []


def test_signs_are_no_part_of_names() -> None:
    assert [name for name in NAMES if set("?!^") & set(name.alias + name.model + name.mark)] == []
    assert next(name.use for name in NAMES if name.alias == "ГАЗ") is AliasUse.CAPITALS


def test_the_marks_and_models_of_the_generated_catalog_are_known() -> None:
    directory = VehicleDirectory(NAMES)
    for mark in DEMO_MARKS:
        found = directory.find_mark(mark.name)
        assert found is not None and found.name == mark.name
        assert [model.name for model in mark.models if directory.find_model(mark.name, model.name) is None] == []


def test_a_mark_has_its_country_by_any_alias() -> None:
    names = ("Lada", "Dongfeng", "Мерседес", "Škoda", "land-rover", "Ram", "Без марки")
    countries = ["Россия", "Китай", "Германия", "Чехия", "Великобритания", "США", ""]
    assert list(map(shipped_country, names)) == countries
