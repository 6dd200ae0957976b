"""The shape ``used``: a dismantler's stock, in which a few of 2,200 names, 4,750 models and 16 colours are most common.

A part takes eight random numbers of 32 bits, and each of its values takes some of their bits.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from partsearch.catalog.generation.shapes.demo_names import DEMO_NAMES, DemoName
from partsearch.catalog.generation.shapes.many_cars import Car, car_table
from partsearch.catalog.generation.shapes.part import GeneratedModel, GeneratedPart, JsonData
from partsearch.catalog.generation.shapes.random_words import BLOCK_PARTS, random_words, weighted_table, zipf_weights

_WORDS = 8
_NAMES = 2200
_CONDITIONS = (
    *("", "рестайлинг", "дорестайлинг", "в сборе", "под покраску", "с дефектом"),
    *("под ремонт", "аналог", "оригинал", "без датчика", "комплект"),
)
_COLORS = (
    *("черный", "белый", "серебристый", "серый", "синий", "красный", "темно-синий", "зеленый", "бежевый"),
    *("коричневый", "голубой", "бордовый", "темно-серый", "золотистый", "желтый", "оранжевый"),
)
_NOTES = (
    *("Отличное состояние.", "Есть потёртости.", "Без пробега по РФ.", "Снято с целой машины.", "Проверено."),
    *("Скол на кромке.", "Отправка в регионы.", "Установка в день покупки."),
)
_HIDDEN_IN_4096 = 123
_NEW_IN_1024 = 120
_NEW_PRICE, _USED_PRICE = 1.0, 0.45
_ROUND_PRICE_IN_16 = 13


class _Tables(NamedTuple):
    cars: list[Car]
    names: list[DemoName]
    colors: list[str]
    price_factors: list[float]


def block(seed: int, number: int) -> Iterator[GeneratedPart]:
    """Yield the parts of a block."""
    tables = _tables()
    words = iter(random_words(f"used {seed} {number}", BLOCK_PARTS * _WORDS))
    for car_word, name_word, value_word, key_word, *numbers in zip(*[words] * _WORDS, strict=True):
        mark, model = tables.cars[car_word >> 12]
        name = tables.names[name_word >> 16]
        is_new = value_word & 1023 < _NEW_IN_1024
        usual = name.price * mark.price_factor * (_NEW_PRICE if is_new else _USED_PRICE)
        price = _price(usual * tables.price_factors[name_word & 0xFFFF], numbers[3])
        color = tables.colors[value_word >> 20]
        json_data = _json_data(name, color, _year(model, value_word), key_word, numbers, is_new=is_new)
        yield GeneratedPart(mark, model, name.name, price, json_data, car_word & 4095 >= _HIDDEN_IN_4096)


@cache
def _tables() -> _Tables:
    names = used_names()
    return _Tables(
        cars=car_table(),
        names=weighted_table(names, zipf_weights(len(names), 4), 2**16),
        colors=weighted_table(_COLORS, zipf_weights(len(_COLORS), 1.5), 2**12),
        price_factors=price_factors(1.1),
    )


def used_names() -> list[DemoName]:
    """Return the names, the most common first: those of the demo catalog, then each with what is said of its state."""
    plain = [name for names in DEMO_NAMES for name in names]
    named = [replace(name, name=f"{name.name} {condition}".strip()) for condition in _CONDITIONS for name in plain]
    return named[:_NAMES]


def price_factors(width: float) -> list[float]:
    """Return 65,536 factors around 1: half and double are equally common, those near 1 most."""
    count = 2**16
    return [math.exp(width * _bell((index + 0.5) / count)) for index in range(count)]


def _bell(fraction: float) -> float:
    """Return the logistic quantile of a fraction, cut at both ends and about as wide as the unit."""
    return max(-2.5, min(2.5, math.log(fraction / (1 - fraction)) / 2))


def _price(price: float, word: int) -> Decimal:
    """Return a price in tens of roubles, or in roubles, as prices are written by hand."""
    if word & 15 < _ROUND_PRICE_IN_16:
        return Decimal(max(1, round(price / 10)) * 10)
    return Decimal(max(1, round(price)))


def _year(model: GeneratedModel, word: int) -> int:
    return model.first_year + (word >> 10 & 1023) * (model.last_year - model.first_year + 1) // 1024


def _json_data(name: DemoName, color: str, year: int, keys: int, numbers: list[int], *, is_new: bool) -> JsonData:
    """Return the attributes. Four bits of ``keys`` decide about each of them."""
    data: JsonData = {}
    if keys & 15:
        data["is_new_part"] = is_new
    if keys >> 4 & 15 < (14 if name.is_painted else 10):
        data["color"] = color
    if keys >> 8 & 15 < 12:
        data["year"] = year
    if name.side and keys >> 12 & 15 < 13:
        data["side"] = name.side
    if keys >> 16 & 15 < 6:
        data["oem"] = f"{numbers[0] % 100000:05}-{numbers[0] >> 17:05}"
    if keys >> 20 & 15 < 5:
        data["article"] = f"{numbers[1] >> 24:02X}-{numbers[1] % 1000000:06}"
    if keys >> 24 & 15 < 4:
        data["count"] = 1 + (numbers[3] >> 4 & 3)
    if keys >> 28 < 4:
        data["description"] = _NOTES[numbers[2] & 7]
        data["photo"] = f"https://photo.example/{numbers[2] >> 3:09}.jpg"
    return data
