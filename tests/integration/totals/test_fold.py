"""One fold: what it brings into the planes, and how it ends when another process is in its way."""

import threading

import psycopg
import pytest

from partsearch.database.errors import DatabaseError
from partsearch.totals.connection import TotalsConnection
from partsearch.totals.fold import FoldOutcome, FoldResult, fold_all, fold_once, read_waiting
from tests.support.deadline import wait_for
from tests.support.totals import (
    PARTS_PER_SEGMENT,
    SEGMENTS,
    address_of,
    differing_segments,
    is_waiting,
    kill_totals_connections,
    locked_table,
    query,
)

_CHANGES = """
    UPDATE part SET price = price + 1, json_data = json_data || '{"year": 1990}' WHERE id % 3 = 0;
    DELETE FROM part WHERE id % 11 = 0;
    INSERT INTO part (id, name, mark_id, model_id, price) VALUES (1000000, 'Новая деталь', 1, 1, 5);
    UPDATE mark SET is_visible = true WHERE id = 3;
    UPDATE mark SET producer_country_name = 'Китай' WHERE id = 2;
    UPDATE model SET is_visible = NOT is_visible WHERE id IN (2, 4)
"""


def test_a_fold_brings_every_change_into_the_planes(connection: TotalsConnection, url: str) -> None:
    query(url, _CHANGES)
    result = fold_once(connection)
    assert result.outcome is FoldOutcome.FOLDED
    assert result.parts > PARTS_PER_SEGMENT
    waiting = read_waiting(connection)
    assert (waiting.changes, waiting.oldest_mark, waiting.has_layers) == (0, None, False)
    assert differing_segments(url) == []


def test_without_changes_a_fold_folds_nothing(connection: TotalsConnection) -> None:
    assert fold_once(connection) == FoldResult(FoldOutcome.FOLDED, 0)


def test_a_segment_with_very_many_changes_is_built_anew(connection: TotalsConnection, url: str) -> None:
    query(
        url,
        "INSERT INTO part (id, name, mark_id, model_id, price)"
        " SELECT 10000 + number, 'Много', 1, 1, 1 FROM generate_series(1, 1500) AS number",
    )
    assert fold_once(connection) == FoldResult(FoldOutcome.FOLDED, 1500)
    assert differing_segments(url) == []


def test_a_bulk_load_is_one_layer_after_the_fold(connection: TotalsConnection, url: str) -> None:
    query(
        url,
        "INSERT INTO part (id, name, mark_id, model_id, price)"
        " SELECT 10000 + number, 'Много', 1, 1, number FROM generate_series(1, 20000) AS number",
    )
    assert read_waiting(connection).has_layers
    fold_all(connection, 0)
    assert not read_waiting(connection).has_layers
    assert differing_segments(url) == []


def test_planes_that_are_not_built_are_not_folded(unbuilt: str) -> None:
    query(unbuilt, "UPDATE part SET price = 1 WHERE id = 0")
    with TotalsConnection(address_of(unbuilt)) as connection:
        assert fold_once(connection).outcome is FoldOutcome.NOT_READY
    assert query(unbuilt, "SELECT count(*) FROM totals_change") == 1


def test_one_process_folds_at_a_time(connection: TotalsConnection, url: str) -> None:
    query(url, _CHANGES)
    with locked_table(url, "totals_state", "EXCLUSIVE"):
        assert fold_once(connection) == FoldResult(FoldOutcome.LOCKED)
        assert fold_once(connection, wait_seconds=0.1) == FoldResult(FoldOutcome.LOCKED)
    assert fold_once(connection).outcome is FoldOutcome.FOLDED


def test_a_fold_that_waits_for_the_lock_sees_what_was_written_meanwhile(connection: TotalsConnection, url: str) -> None:
    results = []
    with locked_table(url, "totals_state", "EXCLUSIVE"):
        folding = threading.Thread(target=lambda: results.append(fold_once(connection, wait_seconds=30)))
        folding.start()
        wait_for(lambda: is_waiting(url), what="the fold waits")
        query(url, "UPDATE part SET price = 3 WHERE id = 0")
    folding.join(30)
    assert results == [FoldResult(FoldOutcome.FOLDED, 1)]
    assert differing_segments(url) == []


def fold_into(results: list[FoldResult], connection: TotalsConnection) -> threading.Thread:
    """Start a fold in a thread, which adds its result."""
    folding = threading.Thread(target=lambda: results.append(fold_once(connection)))
    folding.start()
    return folding


def test_a_fold_and_truncate_lock_the_tables_in_the_same_order(connection: TotalsConnection, url: str) -> None:
    query(url, "UPDATE part SET price = 2 WHERE id = 0")
    results: list[FoldResult] = []
    with psycopg.connect(url) as truncating:
        truncating.execute("LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
        folding = fold_into(results, connection)
        wait_for(lambda: is_waiting(url), what="the fold waits for the parts")
        truncating.execute("SET lock_timeout = '1s'")
        truncating.execute("LOCK TABLE totals_plane, totals_segment, totals_change, totals_mark_change")
        truncating.rollback()
    folding.join(30)
    assert results == [FoldResult(FoldOutcome.FOLDED, 1)]


def test_a_conflict_is_reported_and_the_next_fold_succeeds(connection: TotalsConnection, url: str) -> None:
    """Somebody locks the tables in another order: PostgreSQL ends the fold, which waits for as long."""
    query(url, "UPDATE part SET price = 2 WHERE id = 0")
    query(url, "ALTER DATABASE test SET deadlock_timeout = '4s'")
    results: list[FoldResult] = []
    with TotalsConnection(address_of(url)) as other, psycopg.connect(url) as locking:
        locking.execute("SET deadlock_timeout = '30s'")
        locking.execute("LOCK TABLE totals_plane IN SHARE MODE")
        folding = fold_into(results, other)
        wait_for(lambda: is_waiting(url), what="the fold waits for the planes")
        locking.execute("LOCK TABLE totals_state IN ROW SHARE MODE")
        folding.join(30)
        locking.rollback()
    assert results == [FoldResult(FoldOutcome.CONFLICT)]
    assert fold_once(connection) == FoldResult(FoldOutcome.FOLDED, 1)
    assert differing_segments(url) == []


def test_a_fold_whose_backend_is_killed_loses_nothing(connection: TotalsConnection, url: str) -> None:
    query(url, _CHANGES)
    before = query(url, "SELECT count(*) FROM totals_change")
    errors: list[BaseException] = []

    def fold() -> None:
        try:
            fold_once(connection)
        except DatabaseError as error:
            errors.append(error)

    with locked_table(url, "totals_plane", "SHARE"):
        folding = threading.Thread(target=fold)
        folding.start()
        wait_for(lambda: is_waiting(url), what="the fold has begun and waits")
        assert kill_totals_connections(url) == 1
        folding.join(30)
    assert len(errors) == 1
    assert query(url, "SELECT count(*) FROM totals_change") == before
    with TotalsConnection(address_of(url)) as again:
        assert fold_once(again).outcome is FoldOutcome.FOLDED
    assert query(url, "SELECT count(*) FROM totals_change") == 0
    assert differing_segments(url) == []


def test_a_database_out_of_reach_is_an_error_with_a_next_step(connection: TotalsConnection, url: str) -> None:
    kill_totals_connections(url)
    with pytest.raises(DatabaseError) as caught:
        fold_once(connection)
    assert caught.value.next_step


def test_truncated_parts_have_no_planes_and_stay_ready(connection: TotalsConnection, url: str) -> None:
    query(url, "TRUNCATE part CASCADE")
    assert query(url, "SELECT is_ready FROM totals_state")
    assert fold_once(connection) == FoldResult(FoldOutcome.FOLDED, 0)
    assert differing_segments(url) == []
    assert len(SEGMENTS) > query(url, "SELECT count(*) FROM totals_segment")
