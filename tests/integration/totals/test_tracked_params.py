"""Which keys of json_data get planes."""

import pytest

from partsearch.totals.connection import TotalsConnection
from partsearch.totals.fold import fold_all
from partsearch.totals.tracked_params import choose_params, missing_params, track_unused_params
from tests.support.totals import differing_segments, query


@pytest.fixture(autouse=True)
def without_synonyms(url: str) -> None:
    """Remove the shipped synonyms: their words mean keys too."""
    query(url, "DELETE FROM synonym")


def chosen(connection: TotalsConnection, url: str, attributes: str) -> set[str]:
    """Return the keys that are chosen besides those that always are, with these attributes in every part."""
    query(url, f"UPDATE part SET json_data = numbered.attributes FROM (SELECT id, {attributes} AS attributes FROM"
               " (SELECT id, row_number() OVER (ORDER BY id) AS number FROM part) AS ordered) AS numbered"
               " WHERE numbered.id = part.id")  # fmt: skip
    return set(choose_params(connection)) - {"color", "is_new_part", "year"}


@pytest.mark.parametrize(
    ("attributes", "keys"),
    [
        ("""jsonb_build_object('side', number % 2, 'год выпуска', 'x' || number % 30)""", {"side", "год выпуска"}),
        ("""jsonb_build_object('oem', number)""", set()),
        ("""jsonb_build_object('two parts each', number / 2)""", set()),
        ("""CASE WHEN number % 80 = 0 THEN '{"frequent": 1}' ELSE '{}' END::jsonb""", {"frequent"}),
        ("""CASE WHEN number % 120 = 0 THEN '{"rare": 1}' ELSE '{}' END::jsonb""", set()),
        ("""jsonb_build_object('list', '[1]'::jsonb, 'null', NULL, 'long', repeat('x', 201))""", set()),
        ("""(SELECT jsonb_object_agg('key ' || key, 1) FROM generate_series(1, 25) AS key)""", 20),
    ],
    ids=["few-values", "unique", "few-parts-a-value", "frequent", "rare", "unsearchable", "many-keys"],
)
def test_frequent_keys_with_few_values_are_chosen(
    connection: TotalsConnection, url: str, attributes: str, keys: set[str] | int
) -> None:
    found = chosen(connection, url, attributes)
    assert (len(found) if isinstance(keys, int) else found) == keys


def test_colour_condition_and_year_are_always_chosen(connection: TotalsConnection, url: str) -> None:
    query(url, "TRUNCATE part CASCADE")
    assert choose_params(connection) == ["color", "is_new_part", "year"]


def add_synonym(url: str) -> None:
    """Add words that mean a side, and one that is turned off."""
    query(
        url,
        "INSERT INTO synonym (written, kind, meanings, params, is_active) VALUES"
        """ ('лев', 'abbreviation', '{}', '{"side": "левая"}', true),"""
        """ ('верх', 'abbreviation', '{}', '{"level": "верх"}', false)""",
    )


@pytest.mark.parametrize(
    ("attributes", "is_chosen"),
    [
        ("'{}'::jsonb", True),
        ("""CASE WHEN number = 7 THEN '{"side": "левая"}' ELSE '{}' END::jsonb""", True),
        ("""jsonb_build_object('side', number)""", False),
    ],
    ids=["unused", "rare", "unique"],
)
def test_what_words_mean_is_chosen_unless_it_has_many_values(
    connection: TotalsConnection, url: str, attributes: str, *, is_chosen: bool
) -> None:
    add_synonym(url)
    assert chosen(connection, url, attributes) == ({"side"} if is_chosen else set())


def test_what_words_mean_and_no_part_has_is_tracked_at_once(connection: TotalsConnection, url: str) -> None:
    query(url, "UPDATE totals_state SET tracked_params = '{color}', ready_params = '{color}'")
    add_synonym(url)
    query(url, """UPDATE part SET json_data = '{"year": 2010}' WHERE id = (SELECT min(id) FROM part)""")
    assert missing_params(connection) == ["year", "side"]
    assert track_unused_params(connection, ["year", "side"], 60) == ["side"]
    assert missing_params(connection) == ["year"]
    query(url, """UPDATE part SET json_data = '{"side": "левая"}' WHERE id = (SELECT max(id) FROM part)""")
    fold_all(connection, 60)
    assert not differing_segments(url)
    assert query(url, "SELECT count(*) FROM totals_key WHERE attribute = 'param' AND value LIKE '4:side%'") == 1
