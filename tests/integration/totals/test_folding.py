"""Folding in the background: caused by searches, by nothing else, and by one process at a time."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from partsearch.system.file_lock import FileLock
from partsearch.totals import folding
from partsearch.totals.connection import APPLICATION_NAME
from partsearch.totals.folding import Folding
from tests.support.deadline import wait_for
from tests.support.totals import (
    SEGMENTS,
    address_of,
    differing_segments,
    is_waiting,
    kill_totals_connections,
    locked_table,
    query,
)

_MANY = "UPDATE part SET price = price + 1 WHERE id % 2 = 0"
_FEW = "UPDATE part SET price = price + 1 WHERE id = 0"


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten every interval."""
    for name, seconds in (
        ("_CHECK", 0.02),
        ("_KEPT", 0.2),
        ("_OLD", 0.3),
        ("_FIRST_RETRY", 0.02),
        ("_STATISTICS", 0.1),
    ):
        monkeypatch.setattr(folding, f"{name}_SECONDS", seconds)


@pytest.fixture
def process(url: str, tmp_path: Path) -> Iterator[Folding]:
    """Yield the folding of a process."""
    started = Folding(address_of(url), tmp_path / "lock")
    yield started
    started.stop()


def changes(url: str) -> int:
    return int(query(url, "SELECT count(*) FROM totals_change"))


def connections(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()",
            [APPLICATION_NAME],
        ).fetchone()
    assert row
    return int(row[0])


def search_until(process: Folding, url: str, left: int = 0) -> None:
    """Search until so many changes are left."""

    def is_folded() -> bool:
        process.notice_search()
        return changes(url) == left

    wait_for(is_folded, what="the fold")


def test_a_search_causes_the_fold_of_many_changes_at_once(process: Folding, url: str) -> None:
    query(url, _MANY)
    process.notice_search()
    wait_for(lambda: changes(url) == 0, what="the fold")
    assert differing_segments(url) == []


def test_few_changes_are_folded_when_they_are_old(process: Folding, url: str) -> None:
    query(url, _FEW)
    process.notice_search()
    wait_for(lambda: connections(url) == 1, what="the check")
    wait_for(lambda: connections(url) == 0, what="the end of the connection")
    assert changes(url) == 1
    search_until(process, url)


def test_old_changes_of_marks_are_folded(process: Folding, url: str) -> None:
    query(url, "UPDATE mark SET is_visible = true")

    def is_folded() -> bool:
        process.notice_search()
        return not query(url, "SELECT EXISTS (SELECT FROM totals_mark_change)")

    wait_for(is_folded, what="the fold")
    assert differing_segments(url) == []


def test_layers_are_summed_when_nothing_waits_to_be_folded(process: Folding, url: str) -> None:
    query(url, _MANY)

    def is_summed() -> bool:
        process.notice_search()
        return changes(url) == 0 and bool(query(url, "SELECT bool_and(is_summed) FROM totals_segment"))

    wait_for(is_summed, what="the sums")
    assert query(url, "SELECT count(*) FROM totals_sum") > 0
    assert differing_segments(url) == []


def test_keys_that_words_mean_and_no_part_has_are_tracked(process: Folding, url: str) -> None:
    query(url, "UPDATE totals_state SET tracked_params = '{color}', ready_params = '{color}'")

    def is_tracked() -> bool:
        process.notice_search()
        return bool(
            query(url, "SELECT ready_params @> '{position}' AND tracked_params @> '{position}' FROM totals_state")
        )

    wait_for(is_tracked, what="the key")
    assert not query(url, "SELECT ready_params @> '{year}' FROM totals_state")
    assert differing_segments(url) == []


def test_without_a_search_the_database_is_not_asked(process: Folding, url: str) -> None:
    search_until(process, url)
    wait_for(lambda: connections(url) == 0, what="the end of the connection")
    query(url, _MANY)
    before = changes(url)
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        assert connections(url) == 0
    assert changes(url) == before


def test_a_search_waits_for_nothing(process: Folding, url: str) -> None:
    query(url, _MANY)
    with locked_table(url, "totals_plane", "SHARE"):
        process.notice_search()
        wait_for(lambda: is_waiting(url), what="the fold waits")
        started = time.monotonic()
        for _ in range(10_000):
            process.notice_search()
        assert time.monotonic() - started < 1
    search_until(process, url)


def test_missing_planes_are_built(unbuilt: str, tmp_path: Path) -> None:
    process = Folding(address_of(unbuilt), tmp_path / "lock")
    process.notice_search()
    wait_for(lambda: query(unbuilt, "SELECT is_ready FROM totals_state"), what="the planes")
    process.stop()
    assert query(unbuilt, "SELECT count(*) FROM totals_segment") == len(SEGMENTS)
    assert differing_segments(unbuilt) == []


def test_of_two_processes_of_a_home_one_has_a_connection(process: Folding, url: str, tmp_path: Path) -> None:
    query(url, _MANY)
    with FileLock(tmp_path / "lock").held():
        process.notice_search()
        deadline = time.monotonic() + 0.5
        while time.monotonic() < deadline:
            process.notice_search()
            assert connections(url) == 0
    search_until(process, url)


def test_a_killed_backend_is_reported_and_the_next_search_folds(
    process: Folding, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    query(url, _MANY)
    with locked_table(url, "totals_plane", "SHARE"):
        process.notice_search()
        wait_for(lambda: is_waiting(url), what="the fold waits")
        assert kill_totals_connections(url) == 1
        wait_for(lambda: "The totals cannot be folded" in caplog.messages, what="the log line")
    record = caplog.records[0]
    assert (record.levelno, hasattr(record, "error")) == (logging.WARNING, True)
    search_until(process, url)
    assert differing_segments(url) == []


def test_the_end_of_the_process_ends_a_fold(process: Folding, url: str, caplog: pytest.LogCaptureFixture) -> None:
    query(url, _MANY)
    before = changes(url)
    with locked_table(url, "totals_plane", "SHARE"):
        process.notice_search()
        wait_for(lambda: is_waiting(url), what="the fold waits")
        started = time.monotonic()
        process.stop()
        assert time.monotonic() - started < 2
        wait_for(lambda: connections(url) == 0, what="the end of the connection")
    assert changes(url) == before
    assert caplog.messages == []
    process.notice_search()
    assert connections(url) == 0


def test_a_database_that_can_only_be_read_is_left_alone(
    process: Folding, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    query(url, _MANY)
    before = changes(url)
    query(url, "ALTER DATABASE test SET default_transaction_read_only = on")
    process.notice_search()
    wait_for(lambda: connections(url) == 1, what="the check")
    wait_for(lambda: connections(url) == 0, what="the end of the connection")
    assert changes(url) == before
    assert caplog.messages == []
