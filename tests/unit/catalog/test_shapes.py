"""The shapes of generated catalogs."""

import hashlib
from collections import Counter
from decimal import Decimal
from itertools import islice

import pytest

from partsearch.catalog.generation.shape import Shape
from partsearch.catalog.generation.shapes import (
    BLOCK_PARTS,
    GeneratedPart,
    generated_block,
    generated_marks,
    generated_parts,
)
from partsearch.catalog.generation.shapes.random_words import random_words, weighted_table
from partsearch.catalog.generation.shapes.used import used_names
from partsearch.catalog.names import name_key


@pytest.fixture(scope="module")
def used() -> list[GeneratedPart]:
    """Return a block of used parts."""
    return list(generated_block(Shape.USED, 1, 0))


@pytest.fixture(scope="module")
def wholesale() -> list[GeneratedPart]:
    """Return a block of parts of a wholesaler."""
    return list(generated_block(Shape.WHOLESALE, 1, 0))


@pytest.fixture(params=["used", "wholesale"])
def parts(request: pytest.FixtureRequest) -> list[GeneratedPart]:
    """Return a block of each."""
    block: list[GeneratedPart] = request.getfixturevalue(request.param)
    return block


def digest(parts: list[GeneratedPart]) -> str:
    shown = [(part.mark.name, part.model.name, part.name, str(part.price), part.json_data) for part in parts]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("shape", "first", "second"),
    [
        (Shape.DEMO, "03ca58cfd446eb2a", "932b969887b9de32"),
        (Shape.USED, "44b18b8ddf510926", "65ff8ef3af419137"),
        (Shape.WHOLESALE, "35fc57eb552f2f01", "2ed836f9e2c1659d"),
    ],
)
def test_a_seed_gives_the_same_blocks_on_every_machine(shape: Shape, first: str, second: str) -> None:
    """A deliberate change of a shape needs the new digests here."""
    assert [digest(list(islice(generated_block(shape, 1, number), 50))) for number in (0, 1)] == [first, second]


@pytest.mark.parametrize("shape", Shape)
def test_a_catalog_is_its_blocks_one_after_another(shape: Shape) -> None:
    around_the_end = list(islice(generated_parts(shape, 3), BLOCK_PARTS - 5, BLOCK_PARTS + 5))
    blocks = [list(generated_block(shape, 3, 0))[-5:], list(islice(generated_block(shape, 3, 1), 5))]
    assert around_the_end == blocks[0] + blocks[1]


@pytest.mark.parametrize("shape", Shape)
def test_another_seed_gives_other_parts(shape: Shape) -> None:
    assert list(islice(generated_block(shape, 1, 0), 20)) != list(islice(generated_block(shape, 2, 0), 20))


def test_the_cars_are_many_and_have_names_of_their_own() -> None:
    marks = generated_marks(Shape.USED)
    assert len(marks) == len({name_key(mark.name) for mark in marks}) == 400
    assert sum(len(mark.models) for mark in marks) == 4750
    for mark in marks:
        assert len({name_key(model.name) for model in mark.models}) == len(mark.models) >= 3
        assert all(1950 < model.first_year <= model.last_year <= 2024 for model in mark.models)
    assert len({mark.country for mark in marks}) >= 10


def test_used_parts_have_few_names_and_marks_that_are_common(used: list[GeneratedPart]) -> None:
    assert len({name.name for name in used_names()}) == 2200
    names, marks = (
        Counter(values).most_common() for values in zip(*((p.name, p.mark.name) for p in used), strict=True)
    )
    assert (len(names), len(marks)) == (2200, 400)
    assert len({(part.mark.name, part.model.name) for part in used}) > 4700
    assert 5 < names[0][1] / names[100][1] < 60
    assert 5 < marks[0][1] / marks[100][1] < 60
    assert len({part.json_data.get("color") for part in used}) >= 16


def test_wholesale_parts_carry_their_number_and_car_in_the_name(wholesale: list[GeneratedPart]) -> None:
    for part in wholesale[:1000]:
        assert f" {part.json_data['article']} {part.mark.name} {part.model.name}" in part.name
        assert len(part.name) <= 200
    assert len({part.name for part in wholesale}) > 0.9 * len(wholesale)


def test_an_article_has_one_name(wholesale: list[GeneratedPart]) -> None:
    names = {(part.json_data["article"], part.name) for part in wholesale}
    assert len(names) == len({part.name for part in wholesale}) == len({article for article, _ in names})


def share_of_multiples(parts: list[GeneratedPart], of: str) -> float:
    return sum(part.price % Decimal(of) == 0 for part in parts) / len(parts)


def test_prices_end_in_zeros_as_in_real_lists(used: list[GeneratedPart], wholesale: list[GeneratedPart]) -> None:
    assert share_of_multiples(used, "1") == 1
    assert 0.7 < share_of_multiples(used, "10") < 0.9
    assert 0.3 < share_of_multiples(wholesale, "1") < 0.5
    assert 0.9 < share_of_multiples(wholesale, "0.1") < 0.99


def test_some_parts_are_hidden_and_prices_are_possible(parts: list[GeneratedPart]) -> None:
    hidden = sum(not (part.is_visible and part.mark.is_visible and part.model.is_visible) for part in parts)
    assert 0.03 < hidden / len(parts) < 0.05
    assert all(1 <= part.price < 10_000_000 and part.price == round(part.price, 2) for part in parts)


def test_attributes_match_the_part(parts: list[GeneratedPart]) -> None:
    for part in parts[:5000]:
        year = part.json_data.get("year")
        assert year is None or part.model.first_year <= int(year) <= part.model.last_year
        side = str(part.json_data.get("side", ""))
        assert side[:3] in part.name


def test_random_words_depend_on_the_key_only() -> None:
    assert list(random_words("a", 4)) == list(random_words("a", 9))[:4]
    assert list(random_words("a", 4)) != list(random_words("b", 4))
    assert list(random_words("a", 1)) == [int.from_bytes(hashlib.shake_128(b"a").digest(4), "little")]


def test_a_weighted_table_has_each_item_as_often_as_it_weighs() -> None:
    assert Counter(weighted_table("abc", [3, 1, 4], 16)) == {"a": 6, "b": 2, "c": 8}
    assert len(weighted_table(range(7), [1 / 3] * 7, 1000)) == 1000
