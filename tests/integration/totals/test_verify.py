"""Recomputing the planes finds every kind of difference, and nothing where there is none."""

import pytest

from partsearch.totals.connection import TotalsConnection
from partsearch.totals.verify import SegmentDifference
from tests.support.totals import differing_segments, query, verification


def test_planes_of_the_parts_do_not_differ_and_nothing_is_written(url: str) -> None:
    before = query(url, "SELECT pg_table_size('totals_plane')")
    assert differing_segments(url) == []
    assert query(url, "SELECT pg_table_size('totals_plane')") == before


def test_a_flipped_bit_is_found_with_its_plane(url: str) -> None:
    query(
        url,
        "UPDATE totals_plane SET sparse_bits = set_bit(sparse_bits, 77, 1 - get_bit(sparse_bits, 77)) FROM totals_key"
        " WHERE totals_key.id = key_id AND attribute = 'word' AND value = 'фара' AND segment = 1",
    )
    assert verification(url).differences == [SegmentDifference(1, ["word фара"])]


_SUM = "SELECT totals_sum_next() FROM generate_series(1, 9)"


@pytest.mark.parametrize(
    ("damage", "segment"),
    [
        ("DELETE FROM totals_plane WHERE segment = 5 AND key_id = 2", 5),
        ("DELETE FROM totals_segment WHERE segment = 0", 0),
        ("INSERT INTO totals_segment (segment, layer) VALUES (9, 0); INSERT INTO totals_plane (segment, layer, key_id,"
         " sparse_bits) SELECT 9, 0, key_id, sparse_bits FROM totals_plane WHERE segment = 0 AND key_id = 2", 9),
        ("INSERT INTO totals_segment (segment, layer) VALUES (0, 7); INSERT INTO totals_plane (segment, layer, key_id,"
         " sparse_bits) SELECT 0, 7, key_id, sparse_bits FROM totals_plane WHERE segment = 0", 0),
        (f"{_SUM}; UPDATE totals_sum SET kopecks = kopecks + 1 WHERE segment = 5", 5),
        (f"{_SUM}; DELETE FROM totals_sum WHERE segment = 1", 1),
        ("ALTER TABLE part DISABLE TRIGGER ALL; UPDATE part SET price = price + 0.01 WHERE id = 64000;"
         " ALTER TABLE part ENABLE TRIGGER ALL", 1),
    ],
    ids=[
        "missing-plane", "missing-segment", "planes-without-parts", "part-in-two-layers", "wrong-sum", "missing-sum",
        "change-without-trigger",
    ],
)  # fmt: skip
def test_damage_is_found(url: str, damage: str, segment: int) -> None:
    query(url, damage)
    assert differing_segments(url) == [segment]


def test_changes_that_wait_are_no_difference(url: str) -> None:
    query(
        url,
        "UPDATE part SET price = price + 1, name = 'Другая' WHERE id % 3 = 0; DELETE FROM part WHERE id % 5 = 0;"
        " INSERT INTO part (id, name, mark_id, model_id, price) VALUES (10000000, 'Новая', 1, 1, 5);"
        " UPDATE mark SET is_visible = NOT is_visible, producer_country_name = 'Китай'",
    )
    assert differing_segments(url) == []


def test_a_difference_beside_changes_that_wait_is_found(url: str) -> None:
    query(url, "UPDATE part SET price = price + 1 WHERE id = 64000")
    query(url, "UPDATE totals_plane SET sparse_bits = set_bit(sparse_bits, 14, 0) WHERE segment = 1 AND key_id < 48")
    assert differing_segments(url) == [1]


def test_planes_of_keys_that_searches_do_not_use_are_not_compared(url: str) -> None:
    query(url, "UPDATE totals_state SET tracked_params = '{color,is_new_part}', ready_params = '{color,is_new_part}'")
    assert differing_segments(url) == []


def test_planes_that_are_not_built_are_not_compared(unbuilt: str) -> None:
    found = verification(unbuilt)
    assert (found.is_ready, found.differences) == (False, [])


def test_a_transaction_that_is_rolled_back_leaves_the_connection_usable(connection: TotalsConnection, url: str) -> None:
    with connection.locked(5):
        connection.run("UPDATE totals_state SET is_ready = false")
        raise connection.rolled_back()
    assert connection.value("SELECT is_ready FROM totals_state")
