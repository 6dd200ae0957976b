"""Catalogs for the tests of what people type: one that is always the same, and random ones."""

import json
from collections.abc import Sequence
from decimal import Decimal
from random import Random

from tests.support.catalog_data import Catalog, Mark, Model, Part

HIDDEN_WORD = "невидимка"
"""A word that only names of hidden parts, marks and models have."""

_MARKS = [
    Mark(1, "Honda", "Япония"),
    Mark(2, "Toyota", "япония"),
    Mark(3, "ВАЗ", "Россия"),
    Mark(4, "BMW", "Германия"),
    Mark(5, "Land Rover", "Великобритания"),
    Mark(6, "Невидимка", "Атлантида", is_visible=False),
    Mark(7, "Zaz", ""),
]
_MODELS = [
    Model(10, "Accord", 1),
    Model(11, "Civic", 1),
    Model(20, "Camry", 2),
    Model(21, "Corolla", 2),
    Model(30, "2109", 3),
    Model(31, "Приора", 3),
    Model(40, "X5", 4),
    Model(41, "5 серия", 4),
    Model(50, "Discovery", 5),
    Model(60, "Невидимка", 6),
    Model(61, "Незримый", 1, is_visible=False),
    Model(70, "Tavria", 7),
]
_ROWS: list[tuple[str, int, str, str]] = [
    ("Бампер передний", 10, "2300", '{"color": "Чёрный", "is_new_part": true, "count": 4, "photo": "a.jpg"}'),
    ("БАМПЕР  ПЕРЕДНИЙ", 11, "2300.50", '{"color": "белый", "is_new_part": false, "count": 0}'),
    ("Бампер задний", 10, "1900", '{"color": "чёрный", "is_new_part": false}'),
    ("Передний бампер с решёткой", 20, "5200", '{"color": "чЕРНый ", "photo": ["a", "b"], "year": 2008}'),
    ("Усилитель бампера переднего", 20, "900", '{"count": 1, "photo": []}'),
    ("Фара левая", 20, "7500", '{"is_new_part": true, "side": "левая", "year": 2008}'),
    ("Фара правая", 20, "7400", '{"is_new_part": true, "side": "правая", "year": 2010}'),
    ("Фары противотуманные, пара", 21, "3100", '{"side": ["л", "п"], "count": 2}'),
    ("Панель приборов", 30, "1500", '{"oem": "2109-5325010", "count": 0, "photo": " "}'),
    ("Коробка передач", 30, "12000", '{"oem": "21083-1700010", "color": "серый"}'),
    ("Стартер", 31, "2900", '{"oem": "21083-2803015", "article": "А21R23", "count": 3}'),
    ("Ступица передняя", 31, "1100", '{"article": "21083-2803015-10,СТ-77012"}'),
    ("Дверь задняя левая", 40, "8800", '{"color": "синий металлик", "side": "левая"}'),
    ("Дверь передняя", 41, "9000", '{"color": "синий", "count": -1}'),
    ("Зеркало боковое правое", 41, "3300", '{"color": "белый", "count": "5"}'),
    ("Двигатель 2.0", 50, "75000", '{"year": 2010.0, "count": null}'),
    ("Стекло лобовое", 50, "6100.35", '{"count": 0.5}'),
    ("Шрус наружный", 11, "1750", "{}"),
    ("Тормозной/передний диск R16", 21, "2150", '{"year": "2008"}'),
    ("Решетка радиатора", 70, "0", '{"color": "Белый"}'),
    (f"Бампер {HIDDEN_WORD}", 60, "1", '{"color": "незримый"}'),
    (f"Фара {HIDDEN_WORD}", 61, "2", '{"color": "незримый"}'),
]


def _shop_parts() -> list[Part]:
    mark_of = {model.id: model.mark_id for model in _MODELS}
    parts = [
        Part(100 + 3 * number, name, model, mark_of[model], price, json_data)
        for number, (name, model, price, json_data) in enumerate(_ROWS)
    ]
    hidden = Part(190, f"Капот {HIDDEN_WORD} 98765-43210", 10, 1, "3", '{"color": "незримый"}', is_visible=False)
    pages = [
        Part(1000 + number, f"Болт колёсный М{number}", 10 + number % 2, 1, f"{number * 7 + 5}.{number:02}",
             json.dumps({"count": number % 3, "size": number, "color": f"цвет {number % 27}"}, ensure_ascii=False))
        for number in range(60)
    ]  # fmt: skip
    return [*parts, hidden, *pages]


def shop_catalog(marker: str) -> Catalog:
    """Return a small shop of car parts, with a row for what the contract says of typed searches.

    Args:
        marker: the name of one more shown part, which tells this catalog from others.
    """
    return Catalog(_MARKS, _MODELS, [*_shop_parts(), Part(70_001, marker, 10, 1, "5")])


_NOUNS = [
    *("бампер", "фара", "дверь", "капот", "крыло", "зеркало", "стартер", "генератор", "радиатор", "амортизатор"),
    *("подшипник", "ступица", "сцепление", "глушитель", "стекло", "рычаг", "суппорт", "колодки", "насос", "термостат"),
]
_PLACES = ["передний", "задний", "левый", "правый", "нижний", "верхний", "наружный", "внутренний", "", ""]
_RARE = ["с решёткой", "в сборе", "для", "R16", "2.0", "H4", "(пара)", "б/у", "Sport"]
_COLORS = ["чёрный", "Черный", "белый", "серебристый металлик", "синий", "красный", ""]
_CARS = {
    ("Honda", "Япония"): ["Accord", "Civic", "CR-V"],
    ("Toyota", "Япония "): ["Camry", "Corolla", "Land Cruiser"],
    ("ВАЗ", "Россия"): ["2109", "Приора", "Нива"],
    ("BMW", "Германия"): ["X5", "5 серия", "E39"],
    ("Mercedes-Benz", "германия"): ["E-Класс", "W210"],
    ("Kia", ""): ["Rio", "Ceed"],
}


def random_catalog(random: Random, marker: str, ids: Sequence[int] = ()) -> Catalog:
    """Return a catalog of a few cars and up to 60 parts.

    Args:
        random: decides everything.
        marker: the name of a shown part, which tells this catalog from others.
        ids: those of the parts, if other ones are wanted.
    """
    marks: list[Mark] = []
    models: list[Model] = []
    for (name, country), names in random.sample(list(_CARS.items()), random.randint(2, len(_CARS))):
        marks.append(Mark(len(marks) + 1, name, country, random.random() < 0.85 or not marks))
        for model in random.sample(names, random.randint(1, len(names))):
            models.append(Model(len(models) + 50, model, marks[-1].id, random.random() < 0.85 or not models))
    ids = ids or random.sample(range(1, 70_000), random.randint(20, 60))
    parts = [_random_part(random, id_, random.choice(models)) for id_ in ids]
    return Catalog(marks, models, [*parts, Part(70_001, marker, models[0].id, models[0].mark_id, "5")])


def _random_part(random: Random, id_: int, model: Model) -> Part:
    words = [random.choice(_NOUNS), random.choice(_PLACES), *random.sample(_RARE, random.choice([0, 0, 0, 1, 2]))]
    if random.random() < 0.2:
        words.reverse()
    name = " ".join(filter(None, words))
    price = str(Decimal(random.choice([random.randrange(10**4), random.randrange(10**8)])) / 100)
    name = random.choice([str.capitalize, str.upper, str.title, str])(name)
    return Part(id_, name, model.id, model.mark_id, price, _random_json(random), random.random() < 0.9)


def _random_json(random: Random) -> str:
    known = {
        "color": random.choice(_COLORS),
        "is_new_part": random.choice([True, False, None]),
        "year": random.choice([2008, 2010, "2008", 2010.5]),
        "count": random.choice([0, 1, 5]),
        "photo": random.choice(["a.jpg", "", [], ["a.jpg"], None]),
        "oem": random_number(random),
        "side": random.choice(["левый", " Левый", "правый"]),
    }
    return json.dumps({key: value for key, value in known.items() if random.random() < 0.6}, ensure_ascii=False)


def random_number(random: Random) -> str:
    """Return a part number as shops write it."""
    digits = f"{random.randrange(10**10):010}"
    return random.choice(
        [f"{digits[:5]}-{digits[5:]}", f"А{digits[:3]}R{digits[3:7]}", digits, f"{digits[:4]}.{digits[4:8]}"]
    )
