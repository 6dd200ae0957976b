"""Whoever may only write parts writes them: the triggers have the rights that the totals need."""

import psycopg
import pytest

from tests.support.postgres import PostgresCluster
from tests.support.totals import differing_segments, query


@pytest.fixture
def clerk(cluster: PostgresCluster, url: str) -> str:
    """Return the address for a role that may only write the catalog."""
    cluster.create_role("clerk")
    query(url, "GRANT INSERT, UPDATE, DELETE, TRUNCATE, SELECT ON part, mark, model TO clerk")
    return cluster.url("test", "clerk")


@pytest.mark.parametrize(
    "write",
    [
        "INSERT INTO part (id, name, mark_id, model_id, price) VALUES (7777, 'Новая', 1, 1, 1)",
        "INSERT INTO part (id, name, mark_id, model_id, price)"
        " SELECT 10000 + number, 'Много', 1, 1, 1 FROM generate_series(1, 20000) AS number",
        "UPDATE part SET price = price + 1",
        "DELETE FROM part WHERE id % 2 = 0",
        "UPDATE mark SET is_visible = NOT is_visible; UPDATE model SET is_visible = NOT is_visible",
        "TRUNCATE part CASCADE",
    ],
    ids=["insert", "bulk-insert", "update", "delete", "visibility", "truncate"],
)
def test_a_role_without_rights_on_the_totals_writes(cluster: PostgresCluster, clerk: str, url: str, write: str) -> None:
    try:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(clerk, "SELECT count(*) FROM totals_change")
        query(clerk, write)
        assert differing_segments(url) == []
    finally:
        query(url, "DROP OWNED BY clerk; DROP ROLE clerk")
