"""The shape ``demo``: few marks and names, and parts that look like those of a shop with both new and used ones.

All random values come from ``Random.random``, the only method with the same numbers in every version of Python.
"""

import math
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from hashlib import sha256
from itertools import accumulate
from random import Random
from typing import TypeVar

from partsearch.catalog.generation.shapes.demo_cars import DEMO_MARKS
from partsearch.catalog.generation.shapes.demo_names import DEMO_NAMES, DemoName
from partsearch.catalog.generation.shapes.part import GeneratedModel, GeneratedPart, JsonData
from partsearch.catalog.generation.shapes.random_words import BLOCK_PARTS

_Item = TypeVar("_Item")

_HIDDEN_SHARE = 0.03
_EMPTY_SHARE, _COMPLETE_SHARE = 0.03, 0.04
_NEW_SHARE = 0.35
_KOPECK_SHARE = 0.6
_SHARES = {
    "is_new_part": 0.9,
    "color": 0.75,
    "count": 0.7,
    "oem": 0.6,
    "year": 0.6,
    "side": 0.8,
    "article": 0.5,
    "description": 0.35,
    "photo": 0.25,
}
_COLORS = (
    *("черный", "черный", "чёрный", "Черный", "белый", "белый", "белый", "Белый", "серебристый", "серебристый"),
    *("Серебристый", "серый", "серый", "тёмно-серый", "красный", "красный", "Красный", "синий", "синий", "темно-синий"),
    *("голубой", "зеленый", "зелёный", "бежевый", "коричневый", "бордовый", "вишнёвый", "желтый", "жёлтый"),
    *("оранжевый", "золотистый", "фиолетовый"),
)
_NEW_NOTES = ("Новая деталь в упаковке.", "В наличии на складе.", "Гарантия 12 месяцев.", "Полный аналог.")
_USED_NOTES = ("Отличное состояние.", "Есть потёртости.", "Без пробега по РФ.", "Снято с целой машины.", "Проверено.")
_COMMON_NOTES = ("Отправка в регионы.", "Цена за штуку.", "Установка в день покупки.", "Обмен и возврат 14 дней.")
_OEM_PATTERNS = ("#####-@##-@##", "## ## # ### ###", "#####-#####", "@@# ### ###", "####-#######")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_CENT = Decimal("0.01")


def block(seed: int, number: int) -> Iterator[GeneratedPart]:
    """Yield the parts of a block."""
    random = _RandomValues(_block_seed(seed, number))
    mark_weights = list(accumulate(1 / (rank + 3) for rank in range(len(DEMO_MARKS))))
    for _ in range(BLOCK_PARTS):
        mark = random.pick_weighted(DEMO_MARKS, mark_weights)
        model = random.pick(mark.models)
        name = random.pick(random.pick(DEMO_NAMES))
        is_new = random.happens(_NEW_SHARE)
        price = _price(random, name.price * mark.price_factor * (1 if is_new else 0.45))
        json_data = _json_data(random, model, name, is_new=is_new)
        yield GeneratedPart(mark, model, name.name, price, json_data, is_visible=not random.happens(_HIDDEN_SHARE))


def _block_seed(seed: int, number: int) -> int:
    """Return the seed of a block. That of the first one is the seed itself: it has been the whole catalog once."""
    if number == 0:
        return seed
    return int.from_bytes(sha256(f"{seed} {number}".encode()).digest())


class _RandomValues:
    """Random values from ``Random.random`` only."""

    def __init__(self, seed: int) -> None:
        self.fraction = Random(seed).random  # noqa: S311

    def below(self, limit: int) -> int:
        return int(self.fraction() * limit)

    def happens(self, share: float) -> bool:
        return self.fraction() < share

    def pick(self, items: Sequence[_Item]) -> _Item:
        return items[self.below(len(items))]

    def pick_weighted(self, items: Sequence[_Item], cumulative: Sequence[float]) -> _Item:
        return items[bisect(cumulative, self.fraction() * cumulative[-1])]


def _price(random: _RandomValues, usual: float) -> Decimal:
    """Return a price around the usual one: half and double are equally likely, values near it most likely."""
    bell = random.fraction() + random.fraction() + random.fraction() - 1.5
    price = usual * math.exp(bell * 1.2)
    if random.happens(_KOPECK_SHARE):
        return Decimal(price).quantize(_CENT)
    return Decimal(max(10, round(price / 10) * 10))


def _json_data(random: _RandomValues, model: GeneratedModel, name: DemoName, *, is_new: bool) -> JsonData:
    """Return between none and all of the keys that such a part can have."""
    completeness = random.fraction()
    if completeness < _EMPTY_SHARE:
        return {}
    is_complete = completeness > 1 - _COMPLETE_SHARE
    values: dict[str, Callable[[], str | int | bool]] = {
        "is_new_part": lambda: is_new,
        "color": lambda: random.pick(_COLORS),
        "count": lambda: 1 + int(random.fraction() ** 3 * (60 if is_new else 4)),
        "oem": lambda: _number(random, random.pick(_OEM_PATTERNS)),
        "year": lambda: model.first_year + random.below(model.last_year - model.first_year + 1),
        "side": lambda: name.side,
        "article": lambda: _number(random, "@@-######"),
        "description": lambda: _description(random, is_new=is_new),
        "photo": lambda: f"https://photo.example/{_number(random, '########')}.jpg",
    }
    return {
        key: value()
        for key, value in values.items()
        if (key != "color" or name.is_painted)
        and (key != "side" or name.side)
        and (is_complete or random.happens(_SHARES[key]))
    }


def _number(random: _RandomValues, pattern: str) -> str:
    """Return a part number by a pattern: each ``#`` becomes a digit, each ``@`` a letter."""
    alphabets = {"#": "0123456789", "@": _LETTERS}
    return "".join(random.pick(alphabets[character]) if character in alphabets else character for character in pattern)


def _description(random: _RandomValues, *, is_new: bool) -> str:
    return f"{random.pick(_NEW_NOTES if is_new else _USED_NOTES)} {random.pick(_COMMON_NOTES)}"
