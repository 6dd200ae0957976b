"""``partsearch export``: the same list as from the services, written whole or not at all."""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from partsearch.contract.exported_list.formats import ExportFormat
from partsearch.contract.request.export import ExportRequest
from partsearch.contract.request.search import Search
from tests.conftest import truncate_catalog
from tests.integration.price_lists import SmallList, counts, tables
from tests.support.catalog_data import KNOWN_CATALOG, Catalog
from tests.support.deadline import wait_for
from tests.support.exported_lists import as_part, read_list
from tests.support.site import RunningSite

EXPORT = "/search/part/export/"


@pytest.fixture
def catalog(migrated_database: str) -> Catalog:
    truncate_catalog(migrated_database)
    KNOWN_CATALOG.insert(migrated_database)
    return KNOWN_CATALOG


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a folder that the site's account can write to."""
    with tempfile.TemporaryDirectory(prefix="partsearch-test-") as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_the_command_writes_what_the_services_send(
    live_site: RunningSite, catalog: Catalog, folder: Path, file_format: str
) -> None:
    output = folder / f"list.{file_format}"
    ran = live_site.run("export", "--format", file_format, "--output", str(output), "--part-name", "бамп")
    sent = live_site.client.get(f"{live_site.django_url}{EXPORT}?format={file_format}&part_name=бамп")
    assert output.read_bytes() == sent.content
    assert "parts in all" in ran.stderr
    assert [path.name for path in output.parent.iterdir()] == [output.name]


def test_what_reads_the_standard_output_may_pause(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    from partsearch.price_list import exporting

    limits = []

    def note_limit(*_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            limits.append(cursor.fetchone()[0])

    writer = SimpleNamespace(begin=bytes, rows=note_limit, end=bytes)
    monkeypatch.setattr(exporting, "list_writer", lambda _: writer)
    exporting._write(ExportRequest(Search(), ExportFormat.CSV), SimpleNamespace(write=lambda _: None))
    assert limits == ["1d"]


def test_a_result_that_does_not_fit_is_named(live_site: RunningSite, empty_catalog: str, folder: Path) -> None:
    with psycopg.connect(empty_catalog) as connection:
        connection.execute("INSERT INTO mark (name) VALUES ('Kia')")
        connection.execute("INSERT INTO model (name, mark_id) VALUES ('Rio', 1)")
        connection.execute(
            "INSERT INTO part (name, mark_id, model_id, price, json_data)"
            " VALUES ('Фара', 1, 1, 1, jsonb_build_object('text', repeat(chr(127), 6000)))"
        )
    ran = live_site.run("export", "--format", "xlsx", "--output", str(folder / "list.xlsx"))
    assert ran.returncode == 1
    assert "cell holds 32,767 characters" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert list(folder.iterdir()) == []


def test_an_interrupted_export_leaves_the_file_as_it_was(
    live_site: RunningSite, catalog: Catalog, migrated_database: str, folder: Path
) -> None:
    output = folder / "list.csv"
    output.write_text("before")
    output.chmod(0o666)
    with psycopg.connect(migrated_database) as blocker:
        blocker.execute("LOCK TABLE model IN ACCESS EXCLUSIVE MODE")
        program = [str(Path(sys.executable).parent / "partsearch"), "export", "--output", str(output)]
        command = subprocess.Popen(program, env=live_site.environment, stderr=subprocess.PIPE)
        wait_for(lambda: len(list(output.parent.iterdir())) == 2, what="the draft")
        command.send_signal(signal.SIGINT)
        _, stderr = command.communicate(timeout=20)
    assert command.returncode == 1
    assert b"Interrupted" in stderr
    assert output.read_text() == "before"
    assert list(output.parent.iterdir()) == [output]


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "jsonl"])
def test_an_imported_list_comes_back_as_it_was_imported(
    live_site: RunningSite, empty_catalog: str, tmp_path: Path, folder: Path, file_format: str
) -> None:
    """The rows that an import of the exported list would compare with the parts are these parts."""
    small = SmallList(tmp_path)
    counts(small("BMW;X5;Фара;2300;4", "ВАЗ;2108;=Барабан;1 000,50;>10", "ВАЗ;2108;Барабан;;2"))
    output = folder / f"list.{file_format}"
    live_site.run("export", "--format", file_format, "--output", str(output))
    rows = [as_part(row) for row in read_list(output)]
    stored = tables()["Part"]
    assert [(row[0].partition("@")[0], row[1], row[4]) for row in rows] == [
        (str(part["id"]), part["name"], part["price"]) for part in stored
    ]
