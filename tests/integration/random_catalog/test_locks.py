"""Nobody waits because of the totals: writers for each other or for a fold, and TRUNCATE deadlocks with neither."""

from collections.abc import Iterator
from threading import Thread

import psycopg
import pytest

from tests.support.deadline import wait_for
from tests.support.random_catalog.session import Session

BULK = 20_000
_JOIN_SECONDS = 60
ADD = "INSERT INTO part (id, name, mark_id, model_id, price) VALUES ($1, 'фара', 1, 1, 1)"
ADD_MANY = f"""
    INSERT INTO part (id, name, mark_id, model_id, price)
    SELECT number, 'фара', 1, 1, 1 FROM generate_series($1::integer, $1 + {BULK}) AS number
"""
LAYERS = "SELECT count(*) FROM totals_segment WHERE layer > 0"
WAITS_FOR_PART = "SELECT count(*) FROM pg_locks WHERE relation = 'part'::regclass AND NOT granted"


@pytest.fixture
def other(url: str, session: Session) -> Iterator[Session]:
    """Yield a second session that waits for no lock, on a catalog of ten parts."""
    for part in range(1, 11):
        session.run(ADD, part)
    with Session.opened(url) as opened:
        opened.run("SET lock_timeout = '1s'")
        yield opened


def write_single_rows(session: Session) -> None:
    session.run(ADD, 100)
    session.run("UPDATE part SET price = 5, name = 'дверь' WHERE id = 2")
    session.run("DELETE FROM part WHERE id = 3")
    session.run("UPDATE mark SET is_visible = false WHERE id = 2")
    session.run("UPDATE model SET is_visible = false WHERE id = 3")


def test_writers_do_not_wait_for_a_fold(session: Session, other: Session) -> None:
    session.run("UPDATE mark SET producer_country_name = 'Корея' WHERE id = 1")
    with session.locked():
        assert session.value("SELECT totals_fold(100)") == 10
        write_single_rows(other)
        other.run(ADD_MANY, 1000)
        assert other.value(LAYERS) == 0
    session.fold()
    session.check()


def test_writers_do_not_wait_for_a_rebuild(session: Session, other: Session) -> None:
    with session.locked():
        session.run("SELECT totals_rebuild_segment(0)")
        write_single_rows(other)
    session.check()


def test_writers_do_not_wait_for_each_other(session: Session, other: Session) -> None:
    session.fold()
    session.run("BEGIN")
    session.run(ADD, 50)
    session.run("UPDATE part SET price = 7 WHERE id = 7; UPDATE mark SET is_visible = false WHERE id = 1")
    write_single_rows(other)
    session.run("COMMIT")
    session.check()


def test_nobody_waits_for_a_load_and_only_one_load_at_a_time_has_a_layer(session: Session, other: Session) -> None:
    session.run("BEGIN")
    session.run(ADD_MANY, 1000)
    assert session.value(LAYERS) == 1
    write_single_rows(other)
    other.run(ADD_MANY, 100_000)
    with pytest.raises(psycopg.errors.LockNotAvailable):
        other.fold()
    session.run("COMMIT")
    assert session.value(LAYERS) == 1
    while session.fold(15_000):
        pass
    session.check()


@pytest.mark.parametrize("work", ["totals_fold(100)", "totals_rebuild_segment(0)", "totals_sum_next()"])
def test_truncate_and_a_fold_do_not_deadlock(url: str, session: Session, other: Session, work: str) -> None:
    """TRUNCATE locks the table part, and later the tables of the totals: a fold must lock them in that order too."""
    session.run("UPDATE mark SET is_visible = false WHERE id = 2")
    other.run("BEGIN; LOCK TABLE part IN ACCESS EXCLUSIVE MODE")
    worker = Thread(target=_work, args=(url, work))
    worker.start()
    try:
        wait_for(lambda: other.value(WAITS_FOR_PART), what="the wait for the table part")
        other.run("TRUNCATE part")
        other.run("COMMIT")
    finally:
        worker.join(_JOIN_SECONDS)
    session.run(ADD, 1)
    session.check()


def _work(url: str, work: str) -> None:
    with Session.opened(url) as session, session.locked():
        session.run(f"SELECT {work}")


def test_truncate_does_not_wait_for_a_writer_of_marks(session: Session, other: Session) -> None:
    session.fold()
    session.run("BEGIN; UPDATE mark SET is_visible = false WHERE id = 1")
    other.run("TRUNCATE part")
    session.run(ADD, 1)
    session.run("COMMIT")
    session.check()
    session.run("UPDATE mark SET is_visible = true WHERE id = 1")
    session.check()
