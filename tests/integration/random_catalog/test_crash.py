"""PostgreSQL killed in the middle of a fold, a rebuild or a load: then the planes are those of the parts."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from tests.integration.random_catalog.conftest import MARKS
from tests.support.deadline import wait_for
from tests.support.postgres import PostgresCluster
from tests.support.random_catalog.catalog import add_template, new_catalog
from tests.support.random_catalog.session import LOCK, Session

PARTS = """
    INSERT INTO part (id, name, mark_id, model_id, price)
    SELECT number, (ARRAY['фара левая', 'бампер'])[number % 2 + 1], mark_id, model.id, number
    FROM generate_series($1::integer, $2) AS number JOIN model ON model.id = number % 4 + 1
"""
LOCKED = f"BEGIN ISOLATION LEVEL REPEATABLE READ; {LOCK};"
WORK = {
    "fold": f"{LOCKED} SELECT totals_fold(1000000); COMMIT",
    "rebuild": f"{LOCKED} SELECT totals_rebuild_segment(0); COMMIT",
    "load": PARTS.replace("$1", "100000").replace("$2", "130000"),
}
WRITES_PLANES = "SELECT count(*) FROM pg_locks WHERE relation = 'totals_plane'::regclass AND mode = 'RowExclusiveLock'"


@pytest.fixture(scope="module")
def durable() -> Iterator[PostgresCluster]:
    """Yield a server that writes as a real one."""
    with PostgresCluster.started(settings={"fsync": "on", "full_page_writes": "on"}) as started:
        add_template(started)
        yield started


@pytest.mark.parametrize("work", WORK)
def test_killed(durable: PostgresCluster, work: str) -> None:
    with new_catalog(durable) as url:
        with Session.opened(url) as session:
            session.run(MARKS)
            session.run(PARTS, 1, 5000)
            session.fold()
            session.run("UPDATE part SET price = price + 1, name = name || ' а' WHERE id < 3000")
            session.run("DELETE FROM part WHERE id > 4000; UPDATE mark SET is_visible = false WHERE id = 2")
            worker = Thread(target=_run_until_the_crash, args=(url, WORK[work]))
            worker.start()
            wait_for(lambda: session.value(WRITES_PLANES), what="the write of planes")
        _kill_all(durable)
        worker.join()
        durable.start()
        with Session.opened(url) as session:
            session.check({"part_name": "левая а"})


def _run_until_the_crash(url: str, sql: str) -> None:
    with pytest.raises(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.encode())


def _kill_all(cluster: PostgresCluster) -> None:
    """Kill the server and its processes as a power failure does."""
    postmaster = int(Path(cluster.data, "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for process in (postmaster, *map(int, children)):
        os.kill(process, signal.SIGKILL)
    cluster.stop()
