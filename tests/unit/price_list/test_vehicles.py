from dataclasses import replace
from decimal import Decimal
from functools import cache
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsearch.catalog.vehicle_names import AliasUse, VehicleName, vehicle_names
from partsearch.price_list.validate import UNKNOWN_MARK, UNKNOWN_MODEL, ValidRow
from partsearch.price_list.vehicles import FoundName, Match, VehicleDirectory
from partsearch.price_list.vehicles.resolve import VehicleResolver

NAMES = vehicle_names()


@cache
def directory() -> VehicleDirectory:
    return VehicleDirectory(NAMES)


def vehicles(name: str) -> list[tuple[str, str | None, str]]:
    return [(match.mark, match.model, name[match.start : match.end]) for match in directory().find_vehicles(name)]


def cars(name: str) -> list[str]:
    return [f"{mark} {model}" if model else mark for mark, model, _ in vehicles(name)]


@pytest.mark.parametrize(
    ("text", "mark", "has_look_alikes"),
    [
        ("BMW", "BMW", False),
        ("ВМW", "BMW", True),
        ("Аudi", "Audi", True),
        ("бмв", "BMW", False),
        ("Mercedes Benz", "Mercedes-Benz", False),
        ("mercedesbenz", "Mercedes-Benz", False),
        ("MB", "Mercedes-Benz", False),
        ("Land-Rover", "Land Rover", False),
        ("Lada", "ВАЗ", False),
        ("ВАЗ (Lada)", "ВАЗ", False),
        ("ВАЗ/Лада", "ВАЗ", False),
        ("газ", "ГАЗ", False),
        ("Škoda", "Skoda", False),
        (normalize("NFD", "Тойота Škoda").split()[1], "Skoda", False),
        ("Хёндэ", "Hyundai", False),
        (normalize("NFD", "Хёндэ"), "Hyundai", False),
        ("Suba\u200bru", "Subaru", False),
    ],
)
def test_finds_the_mark_of_a_cell(text: str, mark: str, has_look_alikes: bool) -> None:
    assert directory().find_mark(text) == FoundName(mark, True, has_look_alikes)


@pytest.mark.parametrize("text", ["", "-", "Нет", "BMW/Audi", "Фара BMW"])
def test_other_cells_have_no_mark(text: str) -> None:
    assert directory().find_mark(text) is None


@pytest.mark.parametrize(
    ("mark", "text", "expected"),
    [
        ("BMW", "X5", FoundName("X5")),
        ("BMW", "Х5", FoundName("X5", has_look_alikes=True)),
        ("BMW", "x-5", FoundName("X5")),
        ("BMW", "5 E34", FoundName("5-Series", is_whole=False)),
        ("BMW", "5 E34 рестайлинг", FoundName("5-Series", is_whole=False)),
        ("Mercedes-Benz", "E-Класс", FoundName("E-Class")),
        ("Mercedes-Benz", "Е класс", FoundName("E-Class")),
        ("ВАЗ", "Priora", FoundName("2170 Приора")),
        ("ВАЗ", "2170", FoundName("2170 Приора")),
        ("ВАЗ", "Lada Приора", FoundName("2170 Приора")),
        ("ВАЗ", "2108", FoundName("2108")),
        ("Toyota", "Vista", FoundName("Vista")),
        ("Audi", "X5", None),
        ("Unknown", "X5", None),
    ],
)
def test_finds_the_model_of_a_cell(mark: str, text: str, expected: FoundName | None) -> None:
    assert directory().find_model(mark, text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Амортизатор Kia Cerato передний", [("Kia", "Cerato", "Kia Cerato")]),
        ("Барабан тормозной ВАЗ 2108", [("ВАЗ", "2108", "ВАЗ 2108")]),
        ("Фара ВАЗ 2108-09, 2113", [("ВАЗ", "2108", "ВАЗ 2108"), ("ВАЗ", "2109", "09"), ("ВАЗ", "2113", "2113")]),
        ("Колодки ГАЗ-3110", [("ГАЗ", "3110 Волга", "ГАЗ-3110")]),
        ("Стекло MB W124", [("Mercedes-Benz", "E-Class", "MB W124")]),
        ("Фара BMW 5 E34 левая", [("BMW", "5-Series", "BMW 5 E34")]),
        ("Реле 2108 ВАЗ", [("ВАЗ", "2108", "2108 ВАЗ")]),
        ("Рессора КАМАЗ5320", [("КАМАЗ", "5320", "КАМАЗ5320")]),
        ("Крыло ВМW Х5", [("BMW", "X5", "ВМW Х5")]),
        (normalize("NFD", "Бёдра Citroën C4"), [("Citroen", "C4", normalize("NFD", "Citroën C4"))]),
        ("Амортизатор Kia Cee'd", [("Kia", "Ceed", "Kia Cee'd")]),
    ],
)
def test_finds_a_vehicle_and_where_it_is(name: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert vehicles(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Диск сцепления Lanos/Nexia/Aveo", ["Daewoo Lanos", "Daewoo Nexia", "Chevrolet Aveo"]),
        ("Стартер ГАЗ, УАЗ, ПАЗ", ["ГАЗ", "УАЗ", "ПАЗ"]),
        ("Реле ВАЗ 2105, 08, 2121", ["ВАЗ 2105", "ВАЗ 2108", "ВАЗ 2121 Нива"]),
        ("Привод ВАЗ 2108-99", ["ВАЗ 2108", "ВАЗ 21099"]),
        ("Ступица ВАЗ 2108-099", ["ВАЗ 2108", "ВАЗ 21099"]),
        ("Глушитель УРАЛ 4320/5557", ["Урал 4320", "Урал 5557"]),
        ("Сальник 2101-07", ["ВАЗ 2101", "ВАЗ 2107"]),
        ("Втулка 2108-2115 задняя", ["ВАЗ 2108", "ВАЗ 2115"]),
        ("Тяги 2101, 21214", ["ВАЗ 2101", "ВАЗ 2121 Нива"]),
        ("Фара Chevrolet Niva", ["Chevrolet Niva"]),
        ("Фара Нива", ["ВАЗ 2121 Нива"]),
        ("Фара Range Rover", ["Land Rover Range Rover"]),
        ("Фара Volkswagen Jetta", ["Volkswagen Jetta"]),
        ("Фара Hyundai Solaris", ["Hyundai Solaris"]),
        ("Крыло Peugeot 2008", ["Peugeot 2008"]),
        ("Фильтр Ford Fiesta V 2001г, Fusion 2004", ["Ford Fiesta", "Ford Fusion"]),
        ("Kia Rio, ремень Kia", ["Kia Rio"]),
        ("трос газа газ 53", ["ГАЗ 53"]),
        ("Фаркоп ГАЗ 53 в сб.", ["ГАЗ 53"]),
        ("Ступица ВАЗ 2108-2118", ["ВАЗ 2108"]),
        ("Прокладка КАМАЗ ЕВРО, 4310", ["КАМАЗ 4310"]),
        (normalize("NFD", "Фара Крайслер"), ["Chrysler"]),
        ("Бампер ВАЗ-2113,-14,-15", ["ВАЗ 2113", "ВАЗ 2114", "ВАЗ 2115"]),
        ("Бампер ВАЗ 2107-20", ["ВАЗ 2107"]),
        ("Замок ВАЗ 2110-20", ["ВАЗ 2110"]),
        ("Фара Шкода Октавія", ["Skoda Octavia"]),
        ("Фара Сітроен Берлінго", ["Citroen Berlingo"]),
        ("Гальмівні колодки Міцубісі", ["Mitsubishi"]),
        ("Крыло Волга 31105", ["ГАЗ 31105 Волга"]),
        ("Крыло Газель 2705", ["ГАЗ 2705 Газель"]),
        ("Крыло Газель, 2705", ["ГАЗ 3302 Газель", "ГАЗ 2705 Газель"]),
        ("Фаркоп ВАЗ 2108-093", ["ВАЗ 2108", "ВАЗ 2109"]),
        ("Радиатор ВАЗ 21043-73", ["ВАЗ 2104", "ВАЗ 2107"]),
        ("Фара Л УАЗ", ["ЛуАЗ"]),
        ("Ступица М/Бенц Спринтер", ["Mercedes-Benz Sprinter"]),
        ("Стекло М/Б W202", ["Mercedes-Benz C-Class"]),
        ("Стойка Ф/Ваген Гольф", ["Volkswagen Golf"]),
        ("Фара Шев.Нива", ["Chevrolet Niva"]),
        ("Фара Ш-Нива", ["Chevrolet Niva"]),
        ("Фара Дукато/Боксер/Джампер", ["Fiat Ducato", "Peugeot Boxer", "Citroen Jumper"]),
        ("Свеча для Chrysler/Dodge/Smart/Volkswagen", ["Chrysler", "Dodge", "Smart", "Volkswagen"]),
    ],
)
def test_keeps_every_vehicle_of_a_name(name: str, expected: list[str]) -> None:
    assert cars(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Трос 2108 ручника", ["ВАЗ 2108"]),
        ("2107 Бампер передний", ["ВАЗ 2107"]),
        ("Шрус 1118, 2190", ["ВАЗ 1118 Калина", "ВАЗ 2190 Гранта"]),
        ("Подшипник ступицы 2108", ["ВАЗ 2108"]),
        ("Подшипники вала (0.00) 2101 (2шт)", ["ВАЗ 2101"]),
        ("Болт катализатора 2110", ["ВАЗ 2110"]),
        ("Манжета ГЦС 3110, 3302 воротниковая", ["ГАЗ 3110 Волга", "ГАЗ 3302 Газель"]),
        ("Сальник 31029, 2410, 66", ["ГАЗ 31029 Волга", "ГАЗ 24 Волга", "ГАЗ 66"]),
        ("Втулка 2121, М-412 (4шт)", ["ВАЗ 2121 Нива", "Москвич 412"]),
        ("Кран 5320 КАМАЗ", ["КАМАЗ 5320"]),
        ("Фара 2110 Богдан", ["Богдан 2110"]),
        ("Фара Богдан 2110", ["Богдан 2110"]),
        ("Колодки Peugeot 2108", ["Peugeot"]),
        ("Ремень 2190 ГАЗ 3310", ["ГАЗ 3310 Валдай"]),
    ],
)
def test_a_number_alone_is_a_model_where_nothing_else_claims_it(name: str, expected: list[str]) -> None:
    assert cars(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "Болт 2101-2915550",
        "Втулка 2108-3508075",
        "Реле 98.2108-2115",
        "3302-2902012 Рессора",
        "Подшипник 2108",
        "Ремень 2110",
        "Фильтр MANN 3302",
        "Блок 100-3515 5320",
        'Игрушка "Боксер" с освежителем',
        'Колпаки "Астра"',
        "Трос газа",
        "Шпонка, паз 5 мм",
        "Трещотка L200 мм",
        "Ключ Mini",
        "Колпаки Орион",
        "Очиститель, голубая лагуна",
        "Фара X5",
        "Ремень 2008",
        "Сеатка Фитнес",
    ],
)
def test_what_only_looks_like_a_vehicle_is_none(name: str) -> None:
    assert cars(name) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Колодки Mazda 3 шт", ["Mazda"]),
        ("Колодки Mazda 3.0", ["Mazda"]),
        ("Болт ВАЗ 2101-2915550", ["ВАЗ"]),
        ("Диск ГАЗ дв. 405", ["ГАЗ"]),
        ("Фильтр ГАЗ 3302 дв. Chrysler", ["ГАЗ 3302 Газель"]),
        ("Поршень дв. Chrysler", ["Chrysler"]),
        ("Подушка двигателя ВАЗ 2108", ["ВАЗ 2108"]),
        ("Крыло Peugeot 308 2008", ["Peugeot 308"]),
        ("Крыло Peugeot 2008 г", ["Peugeot"]),
        ("Шайба BMW, 5 штук", ["BMW"]),
        ("Шайба BMW, 5", ["BMW"]),
        ("Клавиша ВАЗ 2108 с 2110 год", ["ВАЗ 2108"]),
    ],
)
def test_a_measure_a_year_or_a_part_number_beside_a_mark_is_no_model(name: str, expected: list[str]) -> None:
    assert cars(name) == expected


def test_an_alias_of_two_marks_counts_alone_only_for_the_one_that_says_so() -> None:
    shared = [VehicleName("Opel", "Corsa", "Corsa"), VehicleName("Toyota", "Corsa", "Corsa")]
    claimed = [shared[0]._replace(use=AliasUse.ALONE), shared[1]]
    assert VehicleDirectory(shared).find_vehicles("Фара Corsa") == []
    assert VehicleDirectory(claimed).find_vehicles("Фара Corsa") == [Match("Opel", "Corsa", 5, 10)]


def test_a_directory_without_the_mark_of_ranges_works() -> None:
    small = VehicleDirectory([VehicleName("Audi", "", "Audi"), VehicleName("Audi", "80", "80")])
    assert small.find_vehicles("Фара Audi 80, 2101-07") == [Match("Audi", "80", 5, 12)]


@pytest.mark.parametrize(
    ("word", "mark", "model"), [("Мерсeдесс", "Mercedes-Benz", ""), ("Cerrato", "Kia", "Cerato"), ("Ъъъ", None, None)]
)
def test_names_the_nearest_alias(word: str, mark: str | None, model: str | None) -> None:
    nearest = directory().nearest(word)
    assert (nearest and nearest.mark, nearest and nearest.model) == (mark, model)


MODELS = [name for name in NAMES if name.model]
MARK_ALIASES = {name.mark: name.alias for name in reversed(NAMES) if not name.model}


def test_every_alias_of_a_model_is_found_beside_its_mark_and_in_its_cell() -> None:
    found = {name: directory().find_vehicles(f"Фара {MARK_ALIASES[name.mark]} {name.alias}")[:1] for name in MODELS}
    assert [name for name, first in found.items() if [match[:2] for match in first] != [name[:2]]] == []
    cells = {name: directory().find_model(name.mark, name.alias) for name in MODELS}
    assert [name for name, cell in cells.items() if cell != FoundName(name.model)] == []


@given(st.sampled_from(MODELS), st.sampled_from(["Фара", "Болт М8", "Колодки (к-т)"]), st.booleans())
def test_a_part_a_mark_and_any_alias_of_its_model_are_found(name: VehicleName, part: str, is_upper: bool) -> None:
    text = f"{part} {MARK_ALIASES[name.mark]} {name.alias}"
    assert f"{name.mark} {name.model}" in cars(text.upper() if is_upper else text)


@given(st.sampled_from([name for name in NAMES if not name.model]), st.booleans())
def test_any_alias_of_a_mark_is_found_in_its_cell(name: VehicleName, is_upper: bool) -> None:
    found = directory().find_mark(name.alias.upper() if is_upper else name.alias.lower())
    assert found is not None and (found.name, found.has_look_alikes) == (name.mark, False)


PIECES = st.sampled_from(
    [*(name.alias for name in NAMES[:400]), "2101-07", "/", ",", "-", "дв.", "2915550", "ё", "\u0301"]
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=9), st.sampled_from(["", " ", "-", ", "]))
def test_spans_never_overlap_and_lie_in_the_name(pieces: list[str], separator: str) -> None:
    name = separator.join(pieces)
    matches = directory().find_vehicles(name)
    places = [0, *(place for match in matches for place in (match.start, match.end)), len(name)]
    assert places == sorted(places)
    assert all(match.start < match.end for match in matches)


def test_what_a_row_says_of_its_cars_goes_before_its_name() -> None:
    resolver = VehicleResolver(directory(), lambda _: False, lambda _, __: False)
    cells = {"applicability": "Toyota Camry V40"}
    row = ValidRow(2, "", UNKNOWN_MARK, UNKNOWN_MODEL, "Колодки Kia Rio", Decimal(1), cells)
    assert resolver.resolve(row).mark == "Toyota"
    assert resolver.resolve(replace(row, json_data={"applicability": "задние"})).mark == "Kia"
