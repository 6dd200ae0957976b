"""Rebuilding all planes while people write, after any end of the command, and with other keys of json_data."""

import threading
from collections.abc import Callable

import psycopg
import pytest

from partsearch.database.errors import DatabaseError
from partsearch.totals.connection import TotalsConnection
from partsearch.totals.errors import RebuildRunsError, TotalsLockedError
from partsearch.totals.fold import FoldOutcome, fold_all, fold_once
from partsearch.totals.rebuild import build_next, rebuild
from partsearch.totals.segments import all_segments, missing_segments
from tests.support.deadline import wait_for
from tests.support.totals import (
    SEGMENTS,
    address_of,
    differing_segments,
    is_waiting,
    kill_totals_connections,
    locked_table,
    query,
    verification,
)

_PARAMS = ["color", "condition", "is_new_part", "level", "position", "side", "year"]
"""Words of ``q`` mean most of them, and parts have one: year."""


def ignore(_done: int, _of: int) -> None:
    """Show no progress."""


def at(segment: int, action: Callable[[], object]) -> Callable[[int, int], None]:
    """Return a progress function that calls ``action`` before the segment with this number."""
    return lambda done, _of: action() if done == segment else None  # type: ignore[return-value]


def test_a_rebuild_makes_planes_that_were_never_built(unbuilt: str) -> None:
    query(unbuilt, "UPDATE part SET price = 1 WHERE id = 0")
    with TotalsConnection(address_of(unbuilt)) as connection:
        rebuilt = rebuild(connection, ignore)
    assert (rebuilt.segments, rebuilt.params) == (len(SEGMENTS), _PARAMS)
    assert query(unbuilt, "SELECT is_ready FROM totals_state")
    assert query(unbuilt, "SELECT ready_params FROM totals_state") == _PARAMS
    assert query(unbuilt, "SELECT count(*) FROM totals_change") == 0
    assert verification(unbuilt).segments == len(SEGMENTS)
    assert differing_segments(unbuilt) == []


def test_a_rebuild_corrects_planes_that_are_wrong(connection: TotalsConnection, url: str) -> None:
    query(url, "UPDATE totals_plane SET bits = ~ coalesce(bits, sparse_bits), sparse_bits = NULL WHERE key_id = 5")
    assert differing_segments(url) == SEGMENTS
    rebuild(connection, ignore)
    assert differing_segments(url) == []


def test_people_write_and_others_fold_during_a_rebuild(connection: TotalsConnection, url: str) -> None:
    def write() -> None:
        query(
            url,
            "UPDATE part SET price = price + 1 WHERE id % 5 = 0; DELETE FROM part WHERE id % 7 = 0;"
            " INSERT INTO part (id, name, mark_id, model_id, price)"
            " SELECT number * 64000, 'Новая', 1, 1, 2 FROM generate_series(20, 25) AS number;"
            " UPDATE model SET is_visible = false WHERE id = 1",
        )
        with TotalsConnection(address_of(url)) as other:
            assert fold_once(other).outcome is FoldOutcome.FOLDED

    rebuild(connection, at(2, write))
    query(url, "UPDATE part SET price = price * 2 WHERE id % 9 = 0")
    assert differing_segments(url) == []
    fold_all(connection, 0)
    assert differing_segments(url) == []


def test_the_keys_of_json_data_change_without_a_wrong_answer(connection: TotalsConnection, url: str) -> None:
    query(url, "DELETE FROM synonym")
    query(url, "UPDATE part SET json_data = json_data || jsonb_build_object('brand', id % 2)")
    states: list[tuple[bool, list[str], list[str]]] = []

    def note() -> None:
        with psycopg.connect(url) as reading:
            states.append(
                reading.execute("SELECT is_ready, tracked_params, ready_params FROM totals_state").fetchone()  # type: ignore[arg-type]
            )

    rebuild(connection, at(0, note))
    note()
    new = ["brand", "color", "is_new_part", "year"]
    assert states == [(True, new, ["color", "is_new_part", "year"]), (True, new, new)]
    assert differing_segments(url) == []


def test_an_interrupted_rebuild_keeps_what_is_done_and_a_second_one_finishes(unbuilt: str) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with TotalsConnection(address_of(unbuilt)) as connection:
        with pytest.raises(KeyboardInterrupt):
            rebuild(connection, at(2, interrupt))
        assert missing_segments(connection) == SEGMENTS[2:]
        assert not query(unbuilt, "SELECT is_ready FROM totals_state")
        rebuild(connection, ignore)
    assert query(unbuilt, "SELECT is_ready FROM totals_state")
    assert differing_segments(unbuilt) == []


def test_a_rebuild_whose_backend_is_killed_is_finished_by_the_next(connection: TotalsConnection, url: str) -> None:
    query(url, "UPDATE part SET name = name || ' новый' WHERE id % 2 = 0")
    errors: list[DatabaseError] = []

    def run() -> None:
        try:
            rebuild(connection, ignore)
        except DatabaseError as error:
            errors.append(error)

    with locked_table(url, "totals_plane", "SHARE"):
        running = threading.Thread(target=run)
        running.start()
        wait_for(lambda: is_waiting(url), what="a segment is being rebuilt")
        assert kill_totals_connections(url) == 1
        running.join(30)
    assert len(errors) == 1
    assert differing_segments(url) == []
    assert query(url, "SELECT count(*) FROM totals_change") > 0
    with TotalsConnection(address_of(url)) as again:
        rebuild(again, ignore)
    assert query(url, "SELECT count(*) FROM totals_change") == 0
    assert differing_segments(url) == []


def test_two_rebuilds_do_not_run_at_once(connection: TotalsConnection, url: str) -> None:
    def second() -> None:
        with TotalsConnection(address_of(url)) as other, pytest.raises(RebuildRunsError):
            rebuild(other, ignore)

    rebuild(connection, at(1, second))
    rebuild(connection, ignore)


def test_the_services_build_missing_segments_one_by_one(unbuilt: str) -> None:
    with TotalsConnection(address_of(unbuilt)) as connection:
        assert all_segments(connection) == missing_segments(connection) == SEGMENTS
        for left in range(len(SEGMENTS) - 1, -1, -1):
            assert build_next(connection)
            assert len(missing_segments(connection)) == left
            query(unbuilt, "UPDATE part SET price = price + 1 WHERE id % 5 = 0")
        assert not query(unbuilt, "SELECT is_ready FROM totals_state")
        assert not build_next(connection)
        assert query(unbuilt, "SELECT is_ready FROM totals_state")
        assert query(unbuilt, "SELECT ready_params FROM totals_state") == _PARAMS
        assert differing_segments(unbuilt) == []
        fold_all(connection, 0)
    assert differing_segments(unbuilt) == []


def test_a_bulk_load_before_its_segment_is_built_is_in_the_planes(unbuilt: str) -> None:
    with TotalsConnection(address_of(unbuilt)) as connection:
        build_next(connection)
        query(
            unbuilt,
            "INSERT INTO part (id, name, mark_id, model_id, price)"
            " SELECT 10000 + number, 'Много', 1, 1, number FROM generate_series(1, 20000) AS number",
        )
        assert query(unbuilt, "SELECT count(*) FROM totals_segment WHERE layer > 0") == 1
        while build_next(connection):
            pass
    assert differing_segments(unbuilt) == []


def test_a_build_leaves_the_planes_to_another_process(unbuilt: str) -> None:
    with (
        TotalsConnection(address_of(unbuilt)) as connection,
        locked_table(unbuilt, "totals_state", "EXCLUSIVE"),
        pytest.raises(TotalsLockedError),
    ):
        build_next(connection)
