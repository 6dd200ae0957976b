"""Searches that have found nothing are kept in the database, without disturbing a search."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from partsearch.database import missed_searches
from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.missed_searches import MOST_TEXTS, MissedSearches
from tests.support.deadline import wait_for
from tests.support.site import free_ports

Start = Callable[..., MissedSearches]


@pytest.fixture
def database(migrated_database: str) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        connection.execute("DELETE FROM missed_search")
        yield connection
        connection.execute("DELETE FROM missed_search")


@pytest.fixture
def start(migrated_database: str) -> Iterator[Start]:
    """Return a function that makes the part of a process that keeps missed searches."""
    made: list[MissedSearches] = []
    conninfo = {name: str(value) for name, value in conninfo_to_dict(migrated_database).items()}

    def make(flush_seconds: float = 0.02, **parameters: str) -> MissedSearches:
        address = DatabaseAddress(DatabaseKind.LOCAL, conninfo | parameters)
        made.append(MissedSearches(address, flush_seconds))
        return made[-1]

    yield make
    for missed in made:
        missed.stop()


def stored(database: Any) -> dict[str, int]:
    return dict(database.execute("SELECT words, times FROM missed_search").fetchall())


def connections(database: Any) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'partsearch-missed-searches'"
    return int(database.execute(query).fetchone()[0])


def test_texts_are_counted_normalised_across_processes(start: Start, database: Any) -> None:
    first, second = start(), start()
    for text in ("Железяка", " железяка ", "ЁЛКА"):
        first.record(text)
    wait_for(lambda: stored(database) == {"железяка": 2, "елка": 1})
    database.execute("UPDATE missed_search SET last_seen = now() - interval '1 day'")
    second.record("железяка")
    wait_for(lambda: stored(database) == {"железяка": 3, "елка": 1})
    recent = database.execute("SELECT words FROM missed_search WHERE last_seen > now() - interval '1 hour'").fetchall()
    assert recent == [("железяка",)]


def test_what_waits_is_written_when_the_process_ends(start: Start, database: Any) -> None:
    missed = start(flush_seconds=60)
    missed.record("железяка")
    assert stored(database) == {}
    missed.stop()
    assert stored(database) == {"железяка": 1}
    missed.record("другое")
    missed.stop()


def test_without_a_missed_search_no_thread_runs_and_no_connection_stays(start: Start, database: Any) -> None:
    before = threading.active_count()
    missed = start()
    missed.record("почта@example.org")
    assert threading.active_count() == before
    missed.record("железяка")
    wait_for(lambda: stored(database))
    wait_for(lambda: connections(database) == 0)


def test_a_row_of_ninety_days_ago_is_deleted_once_an_hour(
    start: Start, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def insert_old() -> None:
        for days, words in ((89, "недавно"), (91, "давно")):
            database.execute(
                "INSERT INTO missed_search (words, times, last_seen) VALUES (%s, 1, now() - make_interval(days => %s))"
                " ON CONFLICT DO NOTHING",
                [words, days],
            )

    insert_old()
    missed = start()
    missed.record("железяка")
    wait_for(lambda: set(stored(database)) == {"недавно", "железяка"})
    insert_old()
    missed.record("другое")
    wait_for(lambda: "другое" in stored(database))
    wait_for(lambda: connections(database) == 0)
    assert "давно" in stored(database)
    monkeypatch.setattr(missed, "_next_cleaning", 0.0)
    missed.record("третье")
    wait_for(lambda: set(stored(database)) == {"недавно", "железяка", "другое", "третье"})


def test_the_table_keeps_the_texts_that_were_searched_last(
    start: Start, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missed_searches, "MOST_ROWS", 2)
    for number in range(4):
        database.execute(
            "INSERT INTO missed_search (words, last_seen) VALUES (%s, now() - make_interval(days => %s))",
            [f"слово {number}", number + 1],
        )
    start().record("железяка")
    wait_for(lambda: set(stored(database)) == {"железяка", "слово 0"})


def test_a_database_out_of_reach_disturbs_no_search_and_is_tried_again(
    start: Start, database: Any, caplog: pytest.LogCaptureFixture
) -> None:
    missed = start(host="127.0.0.1", port=str(free_ports(1)[0]))
    right = missed._address
    caplog.set_level(logging.WARNING)
    missed.record("железяка")
    wait_for(lambda: "Missed searches cannot be kept" in caplog.text)
    for number in range(2 * MOST_TEXTS):
        missed.record(f"слово {number}")
    missed.record("железяка")
    assert len(missed._times) + len(missed._writing) <= MOST_TEXTS
    missed._address = start()._address
    assert missed._address != right
    wait_for(lambda: stored(database).get("железяка") == 2)
    assert len(stored(database)) == MOST_TEXTS


def test_a_search_never_waits_for_the_database(start: Start, database: Any, migrated_database: str) -> None:
    missed = start()
    with psycopg.connect(migrated_database) as locking:
        locking.execute("LOCK TABLE missed_search IN ACCESS EXCLUSIVE MODE")
        missed.record("железяка")
        wait_for(lambda: connections(database) == 1)
        missed.record("другое")
        locking.rollback()
    wait_for(lambda: stored(database) == {"железяка": 1, "другое": 1})
