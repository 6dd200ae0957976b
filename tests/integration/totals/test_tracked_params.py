"""Which keys of json_data get planes."""

import pytest

from partsearch.totals.connection import TotalsConnection
from partsearch.totals.tracked_params import choose_params
from tests.support.totals import query


def chosen(connection: TotalsConnection, url: str, attributes: str) -> set[str]:
    """Return the keys that are chosen besides those that always are, with these attributes in every part."""
    query(url, f"UPDATE part SET json_data = numbered.attributes FROM (SELECT id, {attributes} AS attributes FROM"
               " (SELECT id, row_number() OVER (ORDER BY id) AS number FROM part) AS ordered) AS numbered"
               " WHERE numbered.id = part.id")  # fmt: skip
    return set(choose_params(connection)) - {"color", "is_new_part"}


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


def test_colour_and_condition_are_always_chosen(connection: TotalsConnection, url: str) -> None:
    query(url, "TRUNCATE part CASCADE")
    assert choose_params(connection) == ["color", "is_new_part"]
