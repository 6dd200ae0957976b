"""Who may use the totals: a standby, and roles with rights on the tables of the catalog alone."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.integration.random_catalog.conftest import MARKS
from tests.support.deadline import wait_for
from tests.support.postgres import PostgresCluster
from tests.support.random_catalog.catalog import add_template, new_catalog
from tests.support.random_catalog.session import Session

PARTS = """
    INSERT INTO part (id, name, mark_id, model_id, price, json_data)
    SELECT number, (ARRAY['фара левая', 'бампер'])[number % 2 + 1], mark_id, model.id, number, '{"color": "белый"}'
    FROM generate_series($1::integer, $2) AS number JOIN model ON model.id = number % 4 + 1
"""
READ = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"
WRITE = "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON part TO writer; GRANT SELECT ON mark, model TO writer"


@pytest.fixture
def as_roles(cluster: PostgresCluster, session: Session) -> Iterator[tuple[Session, Session]]:
    """Yield a session that may only read, and one that may only write parts."""
    for role, rights in {"reader": READ, "writer": WRITE}.items():
        cluster.create_role(role)
        session.run(rights)
    session.run(PARTS, 1, 100)
    try:
        with (
            Session.opened(cluster.url("catalog", "reader")) as reader,
            Session.opened(cluster.url("catalog", "writer")) as writer,
        ):
            yield reader, writer
    finally:
        session.run("DROP OWNED BY reader, writer; DROP ROLE reader, writer")


def test_a_role_that_only_reads_gets_the_answers_of_the_planes(
    session: Session, as_roles: tuple[Session, Session]
) -> None:
    reader, _ = as_roles
    for _ in range(2):
        for fields in ({}, {"part_name": "фара"}, {"price_gte": 5, "params": {"color": "белый"}}):
            expected, answer = reader.answers(fields)
            assert answer == expected
        session.fold()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.fold()


def test_a_role_that_only_writes_parts_keeps_the_totals_right(
    session: Session, as_roles: tuple[Session, Session]
) -> None:
    _, writer = as_roles
    writer.run(PARTS, 101, 120)
    writer.run("UPDATE part SET price = price + 1 WHERE id < 50")
    writer.run("DELETE FROM part WHERE id % 5 = 0")
    session.check()
    writer.run(PARTS, 200_000, 221_000)
    assert session.value("SELECT count(DISTINCT layer) FROM totals_segment") == 2
    session.check()
    writer.run("TRUNCATE part")
    session.check()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        writer.run("DELETE FROM totals_change")


def test_a_standby_answers_from_the_planes() -> None:
    with PostgresCluster.started() as primary:
        add_template(primary)
        with (
            new_catalog(primary) as url,
            PostgresCluster.standby_of(primary) as standby,
            Session.opened(url) as session,
        ):
            session.run(MARKS)
            session.run(PARTS, 1, 100)
            session.fold()
            session.run("UPDATE part SET price = 5 WHERE id < 20; UPDATE mark SET is_visible = false WHERE id = 2")
            _check_standby(session, standby)
            session.fold()
            _check_standby(session, standby)


def _check_standby(session: Session, standby: PostgresCluster) -> None:
    position = session.value("SELECT pg_current_wal_lsn()::text")
    with Session.opened(standby.url("catalog")) as replica:
        wait_for(lambda: replica.value("SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn", position), what="the replay")
        for fields in ({}, {"part_name": "фара"}, {"mark_list": [1, 2], "price_lte": 30}):
            expected, answer = replica.answers(fields)
            assert answer == expected == session.answers(fields)[1]
