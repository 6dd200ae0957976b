"""Random searches for a part of a catalog, as a person types them."""

import json
from random import Random
from typing import Any

from tests.support.oracle import Row
from tests.support.typed.spellings import OF_WORDS, as_number

_FACETS = [
    "mark",
    "model",
    "country",
    "name",
    "price",
    "color",
    "is_new_part",
    "params.year",
    "params.side",
    "params.x",
]
_SORTS = ["id", "relevance", "price", "-price", "-created"]
_UNKNOWN_WORDS = ["для", "и", "купить", "абракадабра", "qwrtpsdf", "12", "!", "бу", "новая", "2010"]


def typed_text(random: Random, row: Row) -> str:
    """Return what a person types who looks for this part."""
    text = random.choice(list(OF_WORDS.values()))(random, row.part.name)
    numbers = [str(value) for key, value in json.loads(row.part.json_data).items() if key in ("oem", "article")]
    color = json.loads(row.part.json_data).get("color")
    pieces = [text]
    if random.random() < 0.4:
        pieces.append(random.choice(list(OF_WORDS.values()))(random, random.choice([row.mark.name, row.model.name])))
    if numbers and random.random() < 0.4:
        pieces = random.choice([pieces, []])
        pieces.append(as_number(random, random.choice(numbers)))
    if isinstance(color, str) and random.random() < 0.2:
        pieces.append(color)
    if random.random() < 0.2:
        pieces.append(random.choice(_UNKNOWN_WORDS))
    random.shuffle(pieces)
    return " ".join(pieces)[:200]


def typed_search(random: Random, shown: list[Row]) -> dict[str, Any]:
    """Return a search with up to five fields, mostly with ``q``, that at least one of the parts meets, or nearly."""
    row = random.choice(shown)
    attributes = {
        key: value for key, value in json.loads(row.part.json_data).items() if isinstance(value, str | bool | int)
    }
    possible: dict[str, Any] = {
        "sort": random.choice(_SORTS),
        "facets": random.sample(_FACETS, random.randint(1, 10)),
        "highlight": random.random() < 0.8,
        "per_page": random.choice([1, 2, 3, 10, 100]),
        "page": random.choice([1, 1, 2, 3]),
        "mark_list": [row.mark.id, random.randint(1, 9)],
        "model_list": [row.model.id, random.randint(1, 80)],
        "part_name": row.part.name.split()[0],
        "producer_country_name": row.mark.producer_country_name,
        "price_gte": random.randrange(3000),
        "price_lte": random.randrange(1000, 10**6),
        "params": dict(random.sample(sorted(attributes.items()), min(1, len(attributes)))),
    }
    search = {name: possible[name] for name in random.sample(sorted(possible), random.choice([0, 1, 2, 3, 4]))}
    return {"q": typed_text(random, row), **search} if random.random() < 0.85 else search
