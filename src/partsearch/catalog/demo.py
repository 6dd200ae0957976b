"""The rows of the demo catalog, made from a seed.

Row n depends on the seed alone, so a larger catalog begins with the rows of a smaller one. Everything is drawn with
``Random.random``, the one method whose numbers are the same in every version of Python.
"""

import math
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from random import Random
from typing import TypeVar

from partsearch.catalog.demo_cars import DEMO_MARKS, DemoMark, DemoModel
from partsearch.catalog.demo_names import DEMO_NAMES, DemoName

JsonData = dict[str, str | int | bool]
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


@dataclass(frozen=True, slots=True)
class DemoPart:
    """A part of the demo catalog, with the car it belongs to."""

    mark: DemoMark
    model: DemoModel
    name: str
    price: Decimal
    json_data: JsonData
    is_visible: bool


def demo_parts(seed: int) -> Iterator[DemoPart]:
    """The parts that ``seed`` stands for, without end."""
    dice = _Dice(seed)
    mark_weights = list(accumulate(1 / (place + 3) for place in range(len(DEMO_MARKS))))
    while True:
        mark = dice.pick_weighted(DEMO_MARKS, mark_weights)
        model = dice.pick(mark.models)
        name = dice.pick(dice.pick(DEMO_NAMES))
        is_new = dice.happens(_NEW_SHARE)
        price = _price(dice, name.price * mark.price_factor * (1 if is_new else 0.45))
        json_data = _json_data(dice, model, name, is_new=is_new)
        yield DemoPart(mark, model, name.name, price, json_data, is_visible=not dice.happens(_HIDDEN_SHARE))


class _Dice:
    """Chance, from ``Random.random`` alone."""

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


def _price(dice: _Dice, usual: float) -> Decimal:
    """A price around the usual one: as often half of it as double, and most often near it."""
    bell = dice.fraction() + dice.fraction() + dice.fraction() - 1.5
    price = usual * math.exp(bell * 1.2)
    if dice.happens(_KOPECK_SHARE):
        return Decimal(price).quantize(_CENT)
    return Decimal(max(10, round(price / 10) * 10))


def _json_data(dice: _Dice, model: DemoModel, name: DemoName, *, is_new: bool) -> JsonData:
    """From no key at all to every key that such a part can have."""
    completeness = dice.fraction()
    if completeness < _EMPTY_SHARE:
        return {}
    is_complete = completeness > 1 - _COMPLETE_SHARE
    values: dict[str, Callable[[], str | int | bool]] = {
        "is_new_part": lambda: is_new,
        "color": lambda: dice.pick(_COLORS),
        "count": lambda: 1 + int(dice.fraction() ** 3 * (60 if is_new else 4)),
        "oem": lambda: _number(dice, dice.pick(_OEM_PATTERNS)),
        "year": lambda: model.first_year + dice.below(model.last_year - model.first_year + 1),
        "side": lambda: name.side,
        "article": lambda: _number(dice, "@@-######"),
        "description": lambda: _description(dice, is_new=is_new),
        "photo": lambda: f"https://photo.example/{_number(dice, '########')}.jpg",
    }
    return {
        key: value()
        for key, value in values.items()
        if (key != "color" or name.is_painted)
        and (key != "side" or name.side)
        and (is_complete or dice.happens(_SHARES[key]))
    }


def _number(dice: _Dice, pattern: str) -> str:
    """A number as makers write them: each ``#`` a digit, each ``@`` a letter."""
    signs = {"#": "0123456789", "@": _LETTERS}
    return "".join(dice.pick(signs[sign]) if sign in signs else sign for sign in pattern)


def _description(dice: _Dice, *, is_new: bool) -> str:
    return f"{dice.pick(_NEW_NOTES if is_new else _USED_NOTES)} {dice.pick(_COMMON_NOTES)}"
