"""The SQL functions of the totals do what plain Python does, on the embedded PostgreSQL and on Debian's."""

import json
from collections.abc import Iterator
from decimal import Decimal
from random import Random

import pytest

from tests.integration.random_catalog.conftest import MARKS
from tests.support.postgres import PostgresCluster
from tests.support.random_catalog.catalog import new_catalog
from tests.support.random_catalog.session import Session
from tests.support.random_catalog.writes import random_json, random_name, random_price
from tests.unit.totals import test_name_terms, test_price_terms

SEGMENT = 64_000
PLACES = [*range(60), 63_998, 63_999]
IDS = [0, 1, -1, 63_999, 64_000, -63_999, -64_000, -64_001, 2**63 - 1, -(2**63), -(2**63) + 1, 2**62, 10**12]
VALUES = ["белый", "", " ", "%", "true", True, False, 0, -1, 100, 10**60, None, [], {"a": 1}, "б" * 200, "б" * 201]
NUMBERS = {
    "1.0": "1",
    "1.50": "1.5",
    "1e3": "1000",
    "-0.0": "0",
    "1e-3": "0.001",
    f"2.{'0' * 300}": "2",
    "1e-300": None,
}
KEYS_OF_PARTS = """
    WITH built AS (
        SELECT attribute, value, totals_id_at(plane.segment, position) AS id
        FROM totals_plane AS plane JOIN totals_key ON totals_key.id = plane.key_id, unnest($1::integer[]) AS position
        WHERE get_bit(coalesce(bits, sparse_bits), position) = 1
    ), stated AS (
        SELECT found.attribute, found.value, part.id
        FROM part CROSS JOIN LATERAL totals_terms(
            part.name_normalized, part.mark_id, part.model_id, part.price, part.is_visible, part.attributes
        ) AS found
    )
    SELECT
        (SELECT count(*) FROM stated) AS stated,
        (SELECT sum(bit_count(coalesce(bits, sparse_bits))) FROM totals_plane) AS built,
        (SELECT count(*) FROM (TABLE built INTERSECT TABLE stated) AS common) AS common
"""


@pytest.fixture(scope="module")
def any_session(any_cluster: PostgresCluster) -> Iterator[Session]:
    """Yield a session on a server of each version."""
    with new_catalog(any_cluster) as url, Session.opened(url) as opened:
        opened.run(MARKS)
        yield opened


@pytest.mark.parametrize("part", IDS)
def test_the_place_of_an_id(any_session: Session, part: int) -> None:
    segment, position = any_session.run(f"SELECT totals_segment_of('{part}'), totals_position_of('{part}')")[0]
    assert (segment, position) == divmod(part, SEGMENT)
    assert any_session.value("SELECT totals_id_at($1, $2)", segment, position) == part


def test_a_place_beyond_the_ids_is_that_of_the_nearest(any_session: Session) -> None:
    assert any_session.value("SELECT totals_id_at($1, 63999)", (2**63 - 1) // SEGMENT) == 2**63 - 1
    assert any_session.value("SELECT totals_id_at($1, 0)", -(2**63) // SEGMENT) == -(2**63)


def test_the_keys_of_names(any_session: Session) -> None:
    random = Random(1)
    names = {random_name(random) for _ in range(150)} | {"", "а", "1", "x1y2z а b3", "а" * 400, "\\ % _"}
    for name in names:
        terms = any_session.run("SELECT * FROM totals_name_terms($1)", name)
        assert len(terms) == len(set(terms))
        assert set(terms) == set(test_name_terms.keys_of(name) if name else ()), name


def test_the_keys_of_prices(any_session: Session) -> None:
    random = Random(1)
    prices = {int(random_price(random) * 100) for _ in range(150)} | {0, 1, 9, 10, 10**11, test_price_terms.HIGHEST}
    for kopecks in prices:
        terms = any_session.run("SELECT * FROM totals_price_terms($1)", kopecks)
        assert {value for attribute, value in terms if attribute == "price"} == test_price_terms.keys_of(kopecks)
        bits = [int(value) for attribute, value in terms if attribute == "digit"]
        assert sum(any_session.value("SELECT totals_digit_value($1)", bit) for bit in bits) == kopecks
        assert sum(10 ** (bit // 4) << bit % 4 for bit in bits) == kopecks
        assert len(set(bits)) == len(bits)


@pytest.mark.parametrize("value", VALUES)
def test_the_key_of_a_value_of_json_data(any_session: Session, value: object) -> None:
    as_json = json.dumps(value)
    sign = {bool: "?", int: "#", str: "="}.get(type(value))
    text = value if isinstance(value, str) else as_json
    expected = f"1:k{sign}{text}" if sign and len(text) <= 200 else None
    assert param(any_session, "k", as_json) == expected


@pytest.mark.parametrize(("number", "text"), NUMBERS.items())
def test_the_key_of_a_number_of_json_data(any_session: Session, number: str, text: str | None) -> None:
    assert param(any_session, "k", number) == (text and f"1:k#{text}")


def test_the_longest_name_of_a_key_of_json_data(any_session: Session) -> None:
    assert param(any_session, "k" * 200, "1") == f"200:{'k' * 200}#1"
    assert param(any_session, "k" * 201, "1") is None


def param(session: Session, name: str, value: str) -> object:
    return session.value("SELECT totals_param($1, jsonb_typeof($2::jsonb), $2::jsonb #>> '{}')", name, value)


def test_a_build_has_the_keys_of_its_parts(any_session: Session) -> None:
    random = Random(1)
    any_session.run("UPDATE totals_state SET tracked_params = '{color,is_new_part,year,side}'")
    any_session.run("UPDATE mark SET is_visible = false WHERE id = 3; UPDATE model SET is_visible = false WHERE id = 4")
    for part in PLACES:
        model = random.randrange(1, 5)
        any_session.run(
            "INSERT INTO part (id, name, mark_id, model_id, price, json_data, is_visible)"
            " SELECT $1, $2, mark_id, id, $3, $4, $5 FROM model WHERE id = $6",
            part, random_name(random), random.choice([random_price(random), Decimal(0)]),
            random_json(random), random.random() < 0.8, model,
        )  # fmt: skip
    any_session.rebuild()
    check_keys(any_session)
    any_session.run(
        "UPDATE part SET price = price / 3, name = name || ' а' WHERE id % 3 = 0; DELETE FROM part WHERE id % 7 = 0"
    )
    any_session.fold()
    check_keys(any_session)


def check_keys(session: Session) -> None:
    """Assert that the planes have the keys that totals_terms says, and no bit more."""
    stated, built, common = session.run(KEYS_OF_PARTS, [*PLACES])[0]
    assert stated == built == common > 500
