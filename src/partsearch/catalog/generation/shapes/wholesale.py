"""The shape ``wholesale``: new parts of many makers. A name carries maker, number and car, so most occur a few times.

A part is an offer of one of a fixed set of articles, and takes four random numbers of 32 bits.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from partsearch.catalog.generation.shapes.demo_names import DEMO_NAMES, DemoName
from partsearch.catalog.generation.shapes.many_cars import Car, car_table
from partsearch.catalog.generation.shapes.part import GeneratedPart, JsonData
from partsearch.catalog.generation.shapes.random_words import BLOCK_PARTS, random_words, weighted_table, zipf_weights
from partsearch.catalog.generation.shapes.used import price_factors

_WORDS = 4
_ARTICLES = 2_150_000
"""Of them ten million parts name two million."""

_MAKERS = (
    *("BOSCH", "MANN-FILTER", "HELLA", "VALEO", "TRW", "SACHS", "LEMFORDER", "FEBI", "SKF", "NGK", "DENSO", "GATES"),
    *("KYB", "BREMBO", "DELPHI", "MAHLE", "ATE", "LUK", "INA", "CONTITECH", "DAYCO", "PIERBURG", "NISSENS", "SWAG"),
    *("TOPRAN", "MEYLE", "RUVILLE", "CTR", "555", "NIPPARTS"),
)
_COLORS = ("черный", "серебристый", "серый", "белый")
# A prime larger than the number of articles: the multiples of the factor are numbers of seven digits without an order.
_NUMBERS, _NUMBER_FACTOR = 9_999_991, 4_827_133
_MIX, _MASK = 0x9E3779B97F4A7C15, 2**64 - 1
_HIDDEN_IN_4096 = 123
# Below which byte a price is a multiple of so many kopecks.
_PRICE_STEPS = ((103, 100), (237, 10), (256, 1))


class _Tables(NamedTuple):
    cars: list[Car]
    names: list[DemoName]
    makers: list[str]
    price_factors: list[float]


def block(seed: int, number: int) -> Iterator[GeneratedPart]:
    """Yield the parts of a block."""
    tables = _tables()
    words = iter(random_words(f"wholesale {seed} {number}", BLOCK_PARTS * _WORDS))
    for article_word, offer_word, key_word, value_word in zip(*[words] * _WORDS, strict=True):
        # Squared, the low numbers of articles are the common ones.
        article = article_word * article_word * _ARTICLES >> 64
        mixed = (article + 1) * _MIX & _MASK
        mixed = (mixed ^ mixed >> 29) * _MIX & _MASK
        mark, model = tables.cars[mixed >> 44]
        name = tables.names[mixed >> 28 & 0xFFFF]
        maker = tables.makers[mixed >> 20 & 0xFF]
        code = f"{article * _NUMBER_FACTOR % _NUMBERS:07}"
        usual = name.price * mark.price_factor * tables.price_factors[offer_word >> 16]
        yield GeneratedPart(
            mark,
            model,
            f"{name.name} {maker} {code} {mark.name} {model.name}",
            _price(usual, value_word >> 24),
            _json_data(name, code, mixed, key_word, value_word),
            offer_word & 4095 >= _HIDDEN_IN_4096,
        )


@cache
def _tables() -> _Tables:
    names = [name for names in DEMO_NAMES for name in names]
    return _Tables(
        cars=car_table(),
        names=weighted_table(names, zipf_weights(len(names), 10), 2**16),
        makers=weighted_table(_MAKERS, zipf_weights(len(_MAKERS), 4), 2**8),
        price_factors=price_factors(0.4),
    )


def _price(price: float, byte: int) -> Decimal:
    """Return a price as wholesale lists have them: in whole roubles, in tens of kopecks, and seldom in kopecks."""
    step = next(step for below, step in _PRICE_STEPS if byte < below)
    return Decimal(max(1, round(price * 100 / step)) * step).scaleb(-2)


def _json_data(name: DemoName, code: str, mixed: int, keys: int, values: int) -> JsonData:
    """Return the attributes. Four bits of ``keys`` decide about each of them."""
    data: JsonData = {"article": code}
    if keys & 15:
        data["is_new_part"] = keys >> 4 & 63 != 0
    if keys >> 12 & 15 < 14:
        data["count"] = 1 + (values & 0xFFF) * (values >> 12 & 0xFFF) // 2**16
    if keys >> 16 & 15 < 9:
        data["oem"] = f"{mixed % 100000:05}-{mixed >> 47:05}"
    if name.is_painted and keys >> 20 & 15 < 6:
        data["color"] = _COLORS[keys >> 10 & 3]
    if name.side and keys >> 24 & 15 < 8:
        data["side"] = name.side
    if keys >> 28 < 2:
        data["description"] = "Под заказ, срок 3 дня." if values & 1 else "В наличии на складе."
    return data
