"""A load refreshes the planner's statistics without waiting for autovacuum."""

import psycopg

from tests.support.site import RunningSite


def test_a_load_refreshes_the_statistics(live_site: RunningSite, empty_catalog: str) -> None:
    with psycopg.connect(empty_catalog, autocommit=True) as connection:
        connection.execute("ANALYZE part")
        assert live_site.run("generate", "300").returncode == 0
        estimate = connection.execute("SELECT reltuples FROM pg_class WHERE oid = 'part'::regclass").fetchone()
    assert estimate == (300,)
