"""The parts of the demo catalog."""

import hashlib
from decimal import Decimal
from itertools import islice
from statistics import median

from partsearch.catalog.generation.shape import Shape
from partsearch.catalog.generation.shapes import GeneratedPart, generated_parts
from partsearch.contract.limits import PRICE_MAXIMUM

PARTS = list(islice(generated_parts(Shape.DEMO, 1), 10_000))
KEYS = {"color", "is_new_part", "count", "oem", "year", "side", "article", "description", "photo"}


def test_the_same_seed_gives_the_same_parts() -> None:
    assert list(islice(generated_parts(Shape.DEMO, 1), 10_000)) == PARTS
    assert list(islice(generated_parts(Shape.DEMO, 2), 100)) != PARTS[:100]


def test_a_seed_gives_the_same_parts_on_every_machine() -> None:
    """A deliberate change of the names or cars needs the new digest here."""
    shown = [(part.mark.name, part.model.name, part.name, str(part.price), part.json_data) for part in PARTS[:50]]
    assert hashlib.sha256(repr(shown).encode()).hexdigest()[:16] == "03ca58cfd446eb2a"


def test_json_data_has_all_keys_some_keys_or_none() -> None:
    sizes = {len(part.json_data) for part in PARTS}
    assert {0, 1, 5, len(KEYS)} <= sizes
    assert set().union(*(part.json_data for part in PARTS)) == KEYS


def test_values_have_the_types_of_the_contract() -> None:
    types = {key: {type(part.json_data[key]) for part in PARTS if key in part.json_data} for key in KEYS}
    assert types.pop("is_new_part") == {bool}
    assert types.pop("count") == types.pop("year") == {int}
    assert set(map(frozenset, types.values())) == {frozenset({str})}


def test_values_match_the_part() -> None:
    for part in PARTS:
        assert part.model in part.mark.models
        assert part.json_data.get("side", "левая") in ("левая", "правая")
        if "side" in part.json_data:
            assert str(part.json_data["side"])[:3] in part.name.split()[-1]
        year = part.json_data.get("year")
        assert year is None or part.model.first_year <= int(year) <= part.model.last_year


def test_colors_have_the_spellings_of_real_lists() -> None:
    colors = {part.json_data.get("color") for part in PARTS}
    assert {"черный", "чёрный", "Черный", "белый", "красный", "серебристый"} <= colors


def test_some_parts_are_hidden() -> None:
    share = sum(not part.is_visible for part in PARTS) / len(PARTS)
    assert 0.02 < share < 0.05


def price_of(name: str) -> float:
    return median(float(part.price) for part in PARTS if part.name == name)


def test_prices_are_plausible() -> None:
    def has_kopecks(part: GeneratedPart) -> bool:
        return part.price % 1 != 0

    assert all(Decimal(1) < part.price <= PRICE_MAXIMUM and part.price == round(part.price, 2) for part in PARTS)
    assert 0.3 < sum(map(has_kopecks, PARTS)) / len(PARTS) < 0.8
    assert price_of("Двигатель") > 10 * price_of("Термостат") > 10 * price_of("Втулка стабилизатора передняя") / 2
