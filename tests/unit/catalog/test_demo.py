"""The parts of the demo catalog."""

import hashlib
from decimal import Decimal
from itertools import islice
from statistics import median

import pytest

from partsearch.catalog.generation.shape import Shape
from partsearch.catalog.generation.shapes import GeneratedPart, generated_parts
from partsearch.contract.limits import PRICE_MAXIMUM

KEYS = {"color", "is_new_part", "count", "oem", "year", "side", "article", "description", "photo"}


@pytest.fixture(scope="module")
def parts() -> list[GeneratedPart]:
    """Return the first parts of the demo catalog."""
    return list(islice(generated_parts(Shape.DEMO, 1), 10_000))


def test_the_same_seed_gives_the_same_parts(parts: list[GeneratedPart]) -> None:
    assert list(islice(generated_parts(Shape.DEMO, 1), 10_000)) == parts
    assert list(islice(generated_parts(Shape.DEMO, 2), 100)) != parts[:100]


def test_a_seed_gives_the_same_parts_on_every_machine(parts: list[GeneratedPart]) -> None:
    """A deliberate change of the names or cars needs the new digest here."""
    shown = [(part.mark.name, part.model.name, part.name, str(part.price), part.json_data) for part in parts[:50]]
    assert hashlib.sha256(repr(shown).encode()).hexdigest()[:16] == "03ca58cfd446eb2a"


def test_json_data_has_all_keys_some_keys_or_none(parts: list[GeneratedPart]) -> None:
    sizes = {len(part.json_data) for part in parts}
    assert {0, 1, 5, len(KEYS)} <= sizes
    assert set().union(*(part.json_data for part in parts)) == KEYS


def test_values_have_the_types_of_the_contract(parts: list[GeneratedPart]) -> None:
    types = {key: {type(part.json_data[key]) for part in parts if key in part.json_data} for key in KEYS}
    assert types.pop("is_new_part") == {bool}
    assert types.pop("count") == types.pop("year") == {int}
    assert set(map(frozenset, types.values())) == {frozenset({str})}


def test_values_match_the_part(parts: list[GeneratedPart]) -> None:
    for part in parts:
        assert part.model in part.mark.models
        assert part.json_data.get("side", "левая") in ("левая", "правая")
        if "side" in part.json_data:
            assert str(part.json_data["side"])[:3] in part.name.split()[-1]
        year = part.json_data.get("year")
        assert year is None or part.model.first_year <= int(year) <= part.model.last_year


def test_colors_have_the_spellings_of_real_lists(parts: list[GeneratedPart]) -> None:
    colors = {part.json_data.get("color") for part in parts}
    assert {"черный", "чёрный", "Черный", "белый", "красный", "серебристый"} <= colors


def test_some_parts_are_hidden(parts: list[GeneratedPart]) -> None:
    share = sum(not part.is_visible for part in parts) / len(parts)
    assert 0.02 < share < 0.05


def price_of(parts: list[GeneratedPart], name: str) -> float:
    return median(float(part.price) for part in parts if part.name == name)


def test_prices_are_plausible(parts: list[GeneratedPart]) -> None:
    def has_kopecks(part: GeneratedPart) -> bool:
        return part.price % 1 != 0

    assert all(Decimal(1) < part.price <= PRICE_MAXIMUM and part.price == round(part.price, 2) for part in parts)
    assert 0.3 < sum(map(has_kopecks, parts)) / len(parts) < 0.8
    assert (
        price_of(parts, "Двигатель")
        > 10 * price_of(parts, "Термостат")
        > 10 * price_of(parts, "Втулка стабилизатора передняя") / 2
    )
