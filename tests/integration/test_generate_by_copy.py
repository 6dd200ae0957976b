"""``partsearch generate`` for many parts: by COPY, in blocks, continued by the same command after any end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from partsearch.catalog.generation.shape import Shape
from partsearch.cli.generate import generate
from tests.support.deadline import wait_for
from tests.support.small_blocks import SMALL_BLOCK, use_small_blocks

PARTS = 8 * SMALL_BLOCK
HELD_BLOCK = 2
COMMAND = [sys.executable, "-m", "tests.support.small_blocks", "generate", str(PARTS), "--shape", "used"]


@pytest.fixture(autouse=True)
def catalog(empty_catalog: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Empty the catalog and the records, and use small blocks."""
    from partsearch.catalog.generation.index_buffers import turn_buffers_off

    use_small_blocks(monkeypatch.setattr)
    yield empty_catalog
    monkeypatch.undo()
    with psycopg.connect(empty_catalog, autocommit=True) as connection:
        connection.execute("DELETE FROM unfinished_generation")
        assert turn_buffers_off(connection) == []


def parts(conninfo: str) -> list[tuple[Any, ...]]:
    query = """
        SELECT part.id, mark.name, producer_country_name, model.name, part.name, price, json_data, part.is_visible
        FROM part JOIN mark ON mark.id = part.mark_id JOIN model ON model.id = model_id ORDER BY part.id
    """
    with psycopg.connect(conninfo) as connection:
        return connection.execute(query).fetchall()


def value(conninfo: str, query: str) -> Any:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row
    return row[0]


def loaded_blocks(conninfo: str) -> list[int]:
    return sorted(value(conninfo, "SELECT coalesce(max(blocks), '{}') FROM unfinished_generation"))


def buffered_indexes(conninfo: str) -> int:
    query = "SELECT count(*) FROM pg_class WHERE relname ~ '^(part|totals_key)_' AND 'fastupdate=on' = ANY (reloptions)"
    return int(value(conninfo, query))


@contextmanager
def held_block(conninfo: str) -> Iterator["psycopg.Connection[Any]"]:
    """Take an id of a block in a transaction that stays open: the load of that block waits for its end."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("INSERT INTO mark (id, name) VALUES (900000, 'Held')")
        connection.execute("INSERT INTO model (id, mark_id, name) VALUES (900000, 900000, 'Held')")
        connection.execute(
            "INSERT INTO part (id, name, mark_id, model_id, price) VALUES (%s, 'Held', 900000, 900000, 1)",
            [HELD_BLOCK * SMALL_BLOCK + 20],
        )
        yield connection
        connection.rollback()


@contextmanager
def half_loaded(conninfo: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the command until every block but one is in the catalog."""
    with (
        held_block(conninfo),
        subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running,
    ):
        try:
            wait_for(lambda: len(loaded_blocks(conninfo)) == PARTS // SMALL_BLOCK - 1, 60, "all blocks but one")
            yield running
        finally:
            running.kill()


def run() -> "subprocess.CompletedProcess[str]":
    return subprocess.run(COMMAND, capture_output=True, text=True, timeout=120, check=False)


def assert_continued(conninfo: str) -> None:
    """Run the command again; the catalog is as if it had never been interrupted."""
    done = run()
    assert done.returncode == 0, done.stderr
    assert f"Continuing an unfinished generation: {PARTS - SMALL_BLOCK} of {PARTS} parts are there." in done.stderr
    assert f"Added {SMALL_BLOCK} parts" in done.stdout
    assert value(conninfo, "SELECT count(*) FROM unfinished_generation") == 0
    assert buffered_indexes(conninfo) == 0
    continued = parts(conninfo)
    assert [row[0] for row in continued] == list(range(1, PARTS + 1))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("TRUNCATE part, model, mark RESTART IDENTITY CASCADE")
    generate(PARTS, 1, Shape.USED)
    assert parts(conninfo) == continued


@pytest.mark.parametrize("shape", Shape)
def test_both_ways_insert_the_same_rows(shape: Shape, catalog: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from partsearch.catalog.generation import generate as ways

    generate(PARTS + 7, 5, shape)
    by_copy = parts(catalog)
    assert len(by_copy) == PARTS + 7
    with psycopg.connect(catalog, autocommit=True) as connection:
        connection.execute("TRUNCATE part, model, mark RESTART IDENTITY CASCADE")
    monkeypatch.setattr(ways, "BLOCK_PARTS", 10 * PARTS)
    generate(PARTS + 7, 5, shape)
    assert parts(catalog) == by_copy


def test_text_that_the_format_of_copy_escapes_arrives_unchanged(catalog: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from partsearch.catalog.generation import by_copy
    from partsearch.catalog.generation.shapes import GeneratedPart, generated_block

    text = "tab\tline\nreturn\rback\\slash \\N \\. \"quoted\" 'too' \x7f é ё 🚗"

    def escaped(shape: Shape, seed: int, number: int) -> Iterator[GeneratedPart]:
        for part in generated_block(shape, seed, number):
            yield part._replace(name=text, json_data={text: text, "count": 1, "is_new_part": True})

    monkeypatch.setattr(by_copy, "generated_block", escaped)
    generate(2 * SMALL_BLOCK, 1)
    rows = parts(catalog)
    assert len(rows) == 2 * SMALL_BLOCK
    assert {row[4] for row in rows} == {text}
    assert all(row[6] == {text: text, "count": 1, "is_new_part": True} for row in rows)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_command_is_continued(how: signal.Signals, catalog: str) -> None:
    with half_loaded(catalog) as running:
        assert buffered_indexes(catalog) == 5
        running.send_signal(how)
        _, stderr = running.communicate(timeout=60)
    if how == signal.SIGINT:
        assert running.returncode == 1
        assert f"Interrupted: {PARTS - SMALL_BLOCK} of {PARTS} parts are in the catalog." in stderr
        assert "Run the same command again: it continues there." in stderr
        assert buffered_indexes(catalog) == 0
    assert value(catalog, "SELECT count(*) FROM part") == PARTS - SMALL_BLOCK
    assert_continued(catalog)


def test_a_database_that_ends_the_connections_is_an_error_and_the_command_is_continued(catalog: str) -> None:
    query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'COPY part (id%'"
    with half_loaded(catalog) as running:
        assert value(catalog, query) == 1
        _, stderr = running.communicate(timeout=60)
    assert running.returncode == 1
    assert f"{PARTS - SMALL_BLOCK} of {PARTS} parts are in the catalog" in stderr
    assert "Traceback" not in stderr
    assert_continued(catalog)


def test_the_progress_is_written_to_stderr(catalog: str) -> None:
    done = run()
    assert done.returncode == 0, done.stderr
    assert "200 of 400 parts" in done.stderr
    assert "Continuing" not in done.stderr
    assert done.stdout.startswith("Added 400 parts in ")
    assert len(parts(catalog)) == PARTS


def test_a_finished_run_is_not_continued(catalog: str) -> None:
    for _ in range(2):
        generate(PARTS, 1)
    rows = parts(catalog)
    assert len(rows) == 2 * PARTS
    assert [row[1:] for row in rows[:PARTS]] == [row[1:] for row in rows[PARTS:]]


def test_another_command_is_neither_continued_nor_disturbed(catalog: str) -> None:
    with half_loaded(catalog) as running:
        running.kill()
        running.wait()
    assert buffered_indexes(catalog) == 5
    generate(PARTS, 2, Shape.USED)
    assert buffered_indexes(catalog) == 0
    assert len(parts(catalog)) == 2 * PARTS - SMALL_BLOCK
    assert value(catalog, "SELECT count(*) FROM unfinished_generation") == 1


def test_a_generation_whose_parts_are_gone_begins_anew(catalog: str) -> None:
    with half_loaded(catalog) as running:
        running.kill()
        running.wait()
    with psycopg.connect(catalog, autocommit=True) as connection:
        connection.execute("TRUNCATE part, model, mark CASCADE")
    done = run()
    assert done.returncode == 0, done.stderr
    assert "Continuing" not in done.stderr
    assert len(parts(catalog)) == PARTS


def test_two_commands_do_not_generate_at_once(catalog: str) -> None:
    with half_loaded(catalog):
        done = run()
    assert done.returncode == 1
    assert "Another command generates parts in this database." in done.stderr
    assert "Traceback" not in done.stderr


def test_indexes_that_another_transaction_uses_do_not_make_it_fail(
    catalog: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from partsearch.catalog.generation import index_buffers

    monkeypatch.setattr(index_buffers, "_LOCK_TIMEOUTS", ("50ms",) * 10)
    with psycopg.connect(catalog) as reader:
        reader.execute("SELECT FROM part WHERE id = 1")
        generate(PARTS, 1)
    assert len(parts(catalog)) == PARTS
    assert buffered_indexes(catalog) == 0
    assert "part_attributes is in use. Later run: ALTER INDEX part_attributes SET" in capsys.readouterr().err


def test_an_id_that_another_program_has_taken_does_not_make_it_fail(catalog: str) -> None:
    with held_block(catalog) as other, subprocess.Popen(COMMAND, env=dict(os.environ)) as running:
        wait_for(lambda: len(loaded_blocks(catalog)) == PARTS // SMALL_BLOCK - 1, 60, "all blocks but one")
        other.commit()
        assert running.wait(60) == 0
    rows = [row for row in parts(catalog) if row[1] != "Held"]
    assert len(rows) == PARTS
    assert rows[-1][0] == PARTS + SMALL_BLOCK
