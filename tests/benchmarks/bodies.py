"""The eight searches of the benchmark, on the demo catalog with its default seed."""

from typing import Any

BODIES: dict[str, dict[str, Any]] = {
    "name, mark, colour": {"mark_name": "honda", "part_name": "бампер", "params": {"color": "черный"}, "page": 1},
    "marks, name, prices": {
        "mark_list": [1, 3],
        "part_name": "бамп",
        "params": {"is_new_part": False, "color": "белый"},
        "price_gte": 2000,
        "price_lte": 5000,
        "page": 1,
    },
    "everything": {},
    "a common name": {"part_name": "фара"},
    "country, new": {"producer_country_name": "Япония", "params": {"is_new_part": True}},
    "year, price": {"params": {"year": 2012}, "price_lte": 3000},
    "a deep page": {"mark_name": "bmw", "page": 20},
    "models": {"model_list": [5, 27], "params": {"is_new_part": False}},
}
