from dataclasses import replace
from decimal import Decimal

import pytest

from partsearch.price_list.applying.keys import json_bytes, keys_of
from partsearch.price_list.validate import ValidRow

ROW = ValidRow(2, "", "BMW", "5 E34", "Фара", Decimal("70.00"), {"count": 1, "side": "левая"})
KEY = "3f2a9c41d07b"


def test_the_key_is_the_id_of_the_list() -> None:
    assert keys_of(replace(ROW, row_id="55358021"), KEY).key == "id:55358021"
    assert keys_of(ROW, KEY).key is None


def test_an_id_longer_than_the_column_is_shortened_and_stays_unique() -> None:
    long, other = (keys_of(replace(ROW, row_id="9" * length), KEY).key for length in (500, 501))
    assert long != other
    assert len(long or "") <= 200


@pytest.mark.parametrize(
    ("article", "expected"),
    [("А21R23-1", "A21R231"), (" 2101 29/1 ", "2101291"), (["1", "2"], ""), ("-", ""), ("Ё" * 400, 32)],
)
def test_the_article_is_normalised(article: str | list[str], expected: str | int) -> None:
    found = keys_of(replace(ROW, json_data={"article": article}), KEY).article
    assert expected in (found, len(found))


def test_what_changes_between_issues_is_no_part_of_the_identity() -> None:
    changing = {"count": 9, "side": "левая", "currency": "USD", "photo": "http://a/1.jpg", "description": "помята"}
    other = replace(ROW, price=Decimal(60), json_data=changing)
    assert keys_of(ROW, KEY).identity == keys_of(other, KEY).identity
    assert keys_of(ROW, KEY).digest != keys_of(other, KEY).digest


def test_what_lasts_is_the_identity() -> None:
    others = [
        ROW,
        replace(ROW, json_data={"side": "правая"}),
        replace(ROW, name="Фонарь"),
        replace(ROW, model="5 E39"),
        replace(ROW, mark="Audi"),
    ]
    assert len({keys_of(row, KEY).identity for row in others}) == len(others)


def test_the_digest_covers_all_that_is_stored() -> None:
    others = [
        ROW,
        replace(ROW, mark="Audi"),
        replace(ROW, model="A4"),
        replace(ROW, name="Фонарь"),
        replace(ROW, price=Decimal("70.01")),
        replace(ROW, json_data={}),
        replace(ROW, json_data={"count": "1", "side": "левая"}),
    ]
    assert len({keys_of(row, KEY).digest for row in others}) == len(others)


def test_a_part_of_this_catalog_is_named_by_its_id() -> None:
    keys = keys_of(replace(ROW, row_id="7", part_reference=f"17@{KEY}"), KEY)
    assert (keys.reference, keys.key) == (17, f"part:17@{KEY}")


@pytest.mark.parametrize("reference", ["17@deadbeef", "x@3f2a9c41d07b", "17", f"-17@{KEY}", f"1{'0' * 30}@{KEY}"])
def test_a_part_of_another_catalog_is_an_id_of_the_list(reference: str) -> None:
    keys = keys_of(replace(ROW, row_id="7", part_reference=reference), KEY)
    assert (keys.reference, keys.key) == (None, f"id:{reference}")


def test_numbers_of_any_length_are_kept() -> None:
    value = {"b": [10**30, Decimal("1.50")], "a": {"c": True, "d": None, "e": 'ж"\n'}, "f": 0.5}
    assert json_bytes(value).decode() == (
        '{"a":{"c":true,"d":null,"e":"ж\\"\\n"},"b":[1000000000000000000000000000000,1.50],"f":0.5}'
    )
