"""Building full segments during a load."""

import psycopg
import pytest

from partsearch.totals import loading
from partsearch.totals.loading import SegmentBuilder
from tests.support.deadline import wait_for
from tests.support.totals import address_of, differing_segments, is_waiting, locked_table, query

_FULL, _BEGUN = 7, 8
_FULL_PARTS = 20_000
_LOAD = f"""
    SET partsearch.totals_later = on;
    INSERT INTO part (id, name, mark_id, model_id, price)
    SELECT {_BEGUN * 64_000 - _FULL_PARTS} + number, 'Бампер ' || number % 50, 1, 1, number % 1000
    FROM generate_series(0, {_FULL_PARTS + 999}) AS number
"""


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let fewer parts fill a segment: as few as a trigger builds planes of at once, unless the load says otherwise."""
    monkeypatch.setattr(loading, "_FULL_PARTS", _FULL_PARTS)


def waiting(url: str, segment: int) -> int:
    return int(query(url, f"SELECT count(*) FROM totals_change WHERE totals_segment_of(part_id) = {segment}"))


def test_a_load_that_says_so_is_left_to_the_builder_which_builds_full_segments(url: str) -> None:
    with psycopg.connect(url) as load:
        load.execute(_LOAD.encode())
    assert (waiting(url, _FULL), waiting(url, _BEGUN)) == (_FULL_PARTS, 1_000)
    builder = SegmentBuilder(address_of(url))
    with builder.stopped_at_the_end():
        builder.start()
        wait_for(lambda: waiting(url, _FULL) == 0, 60, "the planes of the full segment")
    assert waiting(url, _BEGUN) == 1_000
    assert differing_segments(url) == []


def test_an_interrupted_load_does_not_wait_for_the_builder(url: str) -> None:
    with psycopg.connect(url) as load:
        load.execute(_LOAD.encode())
    builder = SegmentBuilder(address_of(url))
    with locked_table(url, "totals_plane", "SHARE"):
        with pytest.raises(KeyboardInterrupt), builder.stopped_at_the_end():
            builder.start()
            wait_for(lambda: is_waiting(url), 30, "that the builder waits")
            raise KeyboardInterrupt
        assert not is_waiting(url)
    assert waiting(url, _FULL) == _FULL_PARTS
