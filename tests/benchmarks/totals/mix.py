"""The forty searches of the benchmark, chosen from a catalog: docs/reference/benchmark-totals.md lists them."""

from decimal import Decimal
from typing import Any

from tests.benchmarks.totals.vocabulary import Vocabulary

Body = dict[str, Any]
_NEW, _USED = {"is_new_part": True}, {"is_new_part": False}
_MANY_MARKS = 40
_NO_NUMBER = "123"
"""Searched for where no name has a number: it matches nothing."""


def searches_of(vocabulary: Vocabulary) -> dict[str, Body]:
    """Return the bodies of the searches by name. Deep pages are of a catalog with ``vocabulary``'s shown parts."""
    return {
        **_pages(),
        **_cars(vocabulary),
        **_names(vocabulary),
        **_prices(vocabulary),
        **_attributes(vocabulary),
        **_together(vocabulary),
    }


def _pages() -> dict[str, Body]:
    return {
        "everything": {},
        "everything, page 100": {"page": 100},
        "everything, page 100,000": {"page": 100_000},
    }


def _cars(vocabulary: Vocabulary) -> dict[str, Body]:
    mark_id, mark, country = vocabulary.marks[0]
    middle = vocabulary.marks[len(vocabulary.marks) // 4]
    model_id, model = vocabulary.models[0]
    return {
        "a common mark by its name": {"mark_name": mark},
        "a common mark": {"mark_list": [mark_id]},
        "a common mark, page 100": {"mark_list": [mark_id], "page": 100},
        "a mark": {"mark_list": [middle[0]]},
        "a rare mark": {"mark_list": [vocabulary.marks[-1][0]]},
        "three marks": {"mark_list": [found[0] for found in vocabulary.marks[:3]]},
        "forty marks": {"mark_list": [found[0] for found in vocabulary.marks[:_MANY_MARKS]]},
        "a common model by its name": {"model_name": model},
        "a rare model": {"model_list": [vocabulary.models[-1][0]]},
        "three models": {"model_list": [model_id, *(found[0] for found in vocabulary.models[1:3])]},
        "a country": {"producer_country_name": country},
    }


def _names(vocabulary: Vocabulary) -> dict[str, Body]:
    word = vocabulary.words[0]
    texts = {
        "one letter": word[1],
        "two letters": word[:2],
        "within a word": word[1:4],
        "a word": word,
        "a rare word": vocabulary.words[-1],
        "two words": vocabulary.phrases(2)[0],
        "three words": vocabulary.phrases(3)[0],
        "a whole name": vocabulary.names[0],
        "a number in the name": (vocabulary.numbers or [_NO_NUMBER])[0],
        "a word and a number": (vocabulary.numbered_pairs or [f"{word} {_NO_NUMBER}"])[0],
    }
    return {name: {"part_name": text} for name, text in texts.items()}


def _prices(vocabulary: Vocabulary) -> dict[str, Body]:
    lowest, highest = vocabulary.price(0.3), vocabulary.price(0.4)
    return {
        "a wide range of prices": {
            "price_gte": vocabulary.typed_price(0.25),
            "price_lte": vocabulary.typed_price(0.75),
        },
        "high prices": {"price_gte": vocabulary.typed_price(0.99)},
        "low prices": {"price_lte": vocabulary.typed_price(0.5)},
        "prices to the kopeck": {"price_gte": _odd(lowest), "price_lte": _odd(highest)},
    }


def _odd(price: Decimal) -> float:
    return float(price.quantize(Decimal(1)) + Decimal("0.37"))


def _attributes(vocabulary: Vocabulary) -> dict[str, Body]:
    colors, sides = vocabulary.values("color"), vocabulary.values("side")
    return {
        "a common colour": {"params": {"color": colors[0]}},
        "a rare colour, used": {"params": {"color": colors[-1], **_USED}},
        "new": {"params": _NEW},
        "a side": {"params": {"side": sides[0]}},
        "a number, low prices": {"params": _number(vocabulary), "price_lte": vocabulary.typed_price(0.5)},
        "an article": {"params": {"article": vocabulary.values("article")[-1]}},
    }


def _number(vocabulary: Vocabulary) -> Body:
    """Return the most frequent year; where there are no years, the most frequent count."""
    years = vocabulary.values("year")
    return {"year": years[0]} if years else {"count": vocabulary.values("count")[0]}


def _together(vocabulary: Vocabulary) -> dict[str, Body]:
    mark_id, _, country = vocabulary.marks[0]
    word, color = vocabulary.words[0], vocabulary.values("color")[0]
    prices = {"price_gte": vocabulary.typed_price(0.25), "price_lte": vocabulary.typed_price(0.75)}
    four = {"mark_list": [mark_id], "part_name": word, "params": {"color": color}, **prices}
    return {
        "a mark, a word": {"mark_list": [mark_id], "part_name": word},
        "a mark, a word, a colour": {"mark_list": [mark_id], "part_name": word, "params": {"color": color}},
        "a mark, a word, a colour, prices": four,
        "a country, within a word, new, prices": {
            "producer_country_name": country,
            "part_name": word[1:4],
            "params": _NEW,
            **prices,
        },
        "a side, a colour, used, prices": {
            "params": {"side": vocabulary.values("side")[0], "color": color, **_USED},
            **prices,
        },
        "one letter, prices, page 100": {"part_name": word[1], **prices, "page": 100},
    }
