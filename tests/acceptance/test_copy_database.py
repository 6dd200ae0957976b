"""``partsearch copy-database``: what it copies, what it rejects, and what other sessions see during a copy."""

import re
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.acceptance.conftest import ADMIN, ADMIN_PASSWORD, NewDatabase
from tests.acceptance.copies import (
    LAST_TABLE,
    output_of,
    paused_at_last_table,
    rows_of,
    running_copy,
    schema_of,
    state_of,
    wait_until_paused,
)
from tests.support.live import LiveClient
from tests.support.neon.emulation import EmulatedNeon
from tests.support.postgres import PostgresCluster
from tests.support.site import RunningSite, free_environment
from tests.support.totals import verification

SEARCHES: list[dict[str, Any]] = [
    {},
    {"part_name": "БАМПЕР"},
    {"params": {"color": "чёрный"}},
    {"mark_list": [1, 2], "price_gte": 1},
    {"producer_country_name": "япония", "page": 2},
]


def answers(site: RunningSite) -> list[Any]:
    return [site.client.post(f"{url}/search/part/", json=body).json() for url in site.services for body in SEARCHES]


def log_in(site: RunningSite) -> httpx.Response:
    """Log the admin in as a browser does."""
    with httpx.Client(base_url=site.url, timeout=30) as client:
        client.get("/admin/login/")
        fields = {"username": ADMIN, "password": ADMIN_PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        client.post("/admin/login/", data=fields)
        return client.get("/admin/")


def around(conninfo: str) -> dict[str, list[Any]]:
    """Return what no copy changes: the indexes of an empty target are created again, and are the same."""
    return {name: found for name, found in schema_of(conninfo).items() if name != "counters"}


def insert_mark(conninfo: str, name: str = "Neu") -> int:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute("INSERT INTO mark (name) VALUES (%s) RETURNING id", [name]).fetchone()
    assert row is not None
    return int(row[0])


def test_a_copy_there_and_back_changes_nothing(
    full_site: RunningSite, other_cluster: PostgresCluster, home: Path
) -> None:
    """From the embedded PostgreSQL to an empty one of another version, and into the embedded one of another home."""
    wanted = answers(full_site)
    abroad = other_cluster.create_database("abroad", "keeper")
    there = full_site.run("copy-database", "embedded", "env:ABROAD", ABROAD=abroad)
    assert there.returncode == 0, there.stderr
    assert rows_of(abroad) == rows_of(full_site.conninfo)
    assert "Rebuilt the totals of" in there.stdout
    assert (verification(abroad).is_ready, verification(abroad).differences) == (True, [])
    assert other_cluster.password not in there.stdout + there.stderr

    other = free_environment(home)
    with RunningSite.started({**other, "DATABASE_URL": abroad}) as site:
        assert answers(site) == wanted
        back = site.run("copy-database", "configured", "embedded")
        assert back.returncode == 0, back.stderr
        assert not (home / "postgres" / "postmaster.pid").exists()
        assert site.status()["up"] is True
    with RunningSite.started(other) as site:
        assert rows_of(site.conninfo) == rows_of(full_site.conninfo)
        assert around(site.conninfo) == around(full_site.conninfo)
        assert answers(site) == wanted
        assert "partsearch: каталог" in log_in(site).text


def test_live_searches_on_the_target_are_notified_of_the_copy(
    full_site: RunningSite, new_database: NewDatabase, home: Path
) -> None:
    """The triggers that send notifications are disabled while the target is filled."""
    target = new_database()
    environment = {**free_environment(home), "DATABASE_URL": target}
    with RunningSite.started(environment) as site, LiveClient.connected(site.url) as client:
        assert client.ask({})["count"] == 0
        done = full_site.run("copy-database", "embedded", "env:TARGET", TARGET=target)
        assert done.returncode == 0, done.stderr
        assert client.result()["count"] == len(rows_of(target)["part"]) - hidden_parts(target)
        insert_mark(target)
        assert client.receives_nothing()


def hidden_parts(conninfo: str) -> int:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(
            "SELECT count(*) FROM part JOIN mark ON mark.id = part.mark_id JOIN model ON model.id = part.model_id"
            " WHERE NOT (part.is_visible AND mark.is_visible AND model.is_visible)"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_the_output_names_what_was_copied_and_checked(full_site: RunningSite, new_database: NewDatabase) -> None:
    done = full_site.run("copy-database", "embedded", "env:TARGET", TARGET=new_database())
    assert done.returncode == 0, done.stderr
    parts = len(rows_of(full_site.conninfo)["part"])
    assert f"Copied part: {parts} rows" in done.stderr
    assert ["part", str(parts), "✓"] in [line.split() for line in done.stdout.splitlines()]
    assert re.search(r"Counts and checksums of all \d+ tables agree", done.stdout)
    assert " a second" in done.stdout


def test_neon_is_woken_and_filled_by_its_direct_address(full_site: RunningSite) -> None:
    with EmulatedNeon.started() as neon:
        neon.suspend(cold_start=1)
        done = full_site.run("copy-database", "configured", "env:NEON", NEON=neon.pooled_url)
        assert done.returncode == 0, done.stderr
        assert rows_of(neon.superuser_conninfo) == rows_of(full_site.conninfo)
        assert not any(pool["database"] == "neondb" for pool in neon.show_pooler("POOLS"))
        assert "p@ss" not in done.stdout + done.stderr
        assert "p%40ss" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("statement", "held"),
    [
        ("INSERT INTO mark (name) VALUES ('Ёлка')", "marks"),
        ("INSERT INTO auth_user (username, password, is_superuser, first_name, last_name, email, is_staff, is_active,"
         " date_joined) VALUES ('I', '', true, '', '', '', true, true, now())", "admin accounts"),
    ],
)  # fmt: skip
def test_a_target_that_is_not_empty_is_not_changed(
    full_site: RunningSite, new_database: NewDatabase, statement: str, held: str
) -> None:
    target = new_database()
    with psycopg.connect(target) as connection:
        connection.execute(statement.encode())
    before = state_of(target)
    done = full_site.run("copy-database", "embedded", "env:TARGET", TARGET=target)
    assert done.returncode == 1
    assert f"is not empty: it has {held}" in done.stderr
    assert "--replace" in done.stderr
    assert state_of(target) == before


def test_a_rejected_target_is_not_migrated(full_site: RunningSite, new_database: NewDatabase) -> None:
    target = new_database()
    back = full_site.run("manage", "migrate", "catalog", "0004", "--verbosity", "0", DATABASE_URL=target)
    assert back.returncode == 0, back.stderr
    insert_mark(target)
    before = state_of(target)
    assert "is not empty" in full_site.run("copy-database", "embedded", "env:T", T=target).stderr
    assert state_of(target) == before


def test_replace_replaces_all_rows(full_site: RunningSite, new_database: NewDatabase) -> None:
    target = new_database()
    assert full_site.run("generate", "300", DATABASE_URL=target).returncode == 0
    insert_mark(target, "Only here")
    before = around(target)
    for _ in range(2):  # the second time accounts and price lists have to go, too
        done = full_site.run("copy-database", "embedded", "env:TARGET", "--replace", TARGET=target)
        assert done.returncode == 0, done.stderr
        assert rows_of(target) == rows_of(full_site.conninfo)
        assert around(target) == before


def test_other_sessions_see_the_old_catalog_until_the_end(full_site: RunningSite, new_database: NewDatabase) -> None:
    target = new_database()
    assert full_site.run("generate", "50", DATABASE_URL=target).returncode == 0
    old = rows_of(target)
    with (
        paused_at_last_table(full_site.conninfo),
        running_copy(full_site, "embedded", "env:T", "--replace", addresses={"T": target}) as copy,
    ):
        wait_until_paused(copy, full_site.conninfo)
        with psycopg.connect(target, options="-c lock_timeout=1s") as reader:
            assert reader.execute("SELECT count(*), sum(price) FROM part WHERE is_visible").fetchone() is not None
        assert rows_of(target) == old
        with pytest.raises(psycopg.errors.LockNotAvailable):
            insert_mark(make_conninfo(target, options="-c lock_timeout=100ms"))
        taken_down = full_site.run("down")
        assert "Another command" in taken_down.stderr
    assert rows_of(target) == old


def test_changes_at_the_source_during_the_copy_are_not_copied(
    full_site: RunningSite, new_database: NewDatabase
) -> None:
    source, target = new_database(), new_database()
    assert full_site.run("copy-database", "embedded", "env:S", S=source).returncode == 0
    wanted = rows_of(source)
    addresses = {"S": source, "T": target}
    with (
        paused_at_last_table(source) as holder,
        running_copy(full_site, "env:S", "env:T", addresses=addresses) as copy,
    ):
        wait_until_paused(copy, source)
        holder.execute(f"DELETE FROM {LAST_TABLE}".encode())
        holder.execute("UPDATE part SET price = price / 2")
        holder.commit()
        assert "Copied part" in output_of(copy)
        assert copy.returncode == 0
    assert rows_of(target) == wanted
    assert rows_of(source) != wanted


def test_ids_of_new_rows_continue_after_the_copied_ones(full_site: RunningSite, new_database: NewDatabase) -> None:
    """After the highest id, also a chosen one; and after the sequence of the source, whose last rows are deleted."""
    source, targets = new_database(), (new_database(), new_database())
    with psycopg.connect(source) as connection:
        connection.execute("INSERT INTO mark (id, name) VALUES (500, 'chosen')")
    assert full_site.run("copy-database", "env:S", "env:T", S=source, T=targets[0]).returncode == 0
    assert insert_mark(targets[0]) == 501
    with psycopg.connect(source) as connection:
        connection.execute("ALTER SEQUENCE mark_id_seq RESTART WITH 900")
    assert full_site.run("copy-database", "env:S", "env:T", S=source, T=targets[1]).returncode == 0
    assert insert_mark(targets[1]) == 900


def test_the_triggers_of_the_target_change_no_row_and_remain(full_site: RunningSite, new_database: NewDatabase) -> None:
    target = new_database()
    with psycopg.connect(target) as connection:
        connection.execute(
            "CREATE FUNCTION raise_price() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN new.price = new.price + 1; RETURN new; END'"
        )
        for name, state in (("one", "ENABLE"), ("two", "ENABLE ALWAYS"), ("three", "DISABLE")):
            connection.execute(
                f"CREATE TRIGGER {name} BEFORE INSERT ON part FOR EACH ROW EXECUTE FUNCTION raise_price()".encode()
            )
            connection.execute(f"ALTER TABLE part {state} TRIGGER {name}".encode())
    before = around(target)
    done = full_site.run("copy-database", "embedded", "env:TARGET", TARGET=target)
    assert done.returncode == 0, done.stderr
    assert rows_of(target) == rows_of(full_site.conninfo)
    assert around(target) == before


def test_every_table_but_the_migration_history_and_the_totals_is_copied(live_site: RunningSite) -> None:
    from partsearch.catalog_copy.tables import table_names

    assert sorted(table_names()) == sorted(rows_of(live_site.conninfo))
    assert table_names()[-1] == LAST_TABLE
