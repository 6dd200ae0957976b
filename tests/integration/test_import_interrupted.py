"""An import that is killed, interrupted, or loses its database at any stage changes nothing, and can be run again.

And while it runs, it has a low priority.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.integration.price_lists import tables
from tests.support.deadline import wait_for
from tests.support.processes import as_in_a_terminal
from tests.support.site import RunningSite

_ROWS = 8_000
_SECONDS = 60
_LOW_PRIORITY = 10
_HEADER = "Код;Марка;Модель;Название;Цена\n"
_LOAD_LOCK = "SELECT FROM django_content_type WHERE (app_label, model) = ('catalog', 'mark') FOR NO KEY UPDATE"
_PART_LOCK = "SELECT FROM part WHERE name = 'Фара 0' FOR UPDATE"
_ORIGIN = """
    INSERT INTO price_list_part (part_id, list_name, row_key, row_digest) VALUES (-1, 'list', 'id:7999', '')
"""

STAGES = {
    "staging": (None, "COPY import_row%"),
    "comparing": (_LOAD_LOCK, "%FOR NO KEY UPDATE"),
    "locking the parts": (_PART_LOCK, "%count(*) FROM (%FOR NO KEY UPDATE%"),
    "writing": (_ORIGIN, "%INSERT INTO price_list_part%"),
}
"""By the stage: what another transaction holds, so that the import waits there; and the statement that it waits in."""


@pytest.fixture
def large_list(tmp_path: Path, empty_catalog: str) -> Path:
    from partsearch import price_list

    path = tmp_path / "list.csv"
    path.write_text(_HEADER + "0;Kia;Rio;Фара 0;100\n1;Kia;Rio;Дверь;200\n2;Kia;Rio;Капот;5\n", encoding="utf-8")
    price_list.run(path)
    rows = (f"{number};Марка {number % 50};Модель;Фара {number};{number + 90}\n" for number in range(_ROWS))
    path.write_text(_HEADER + "".join(rows), encoding="utf-8")
    path.chmod(0o644)
    return path


@contextmanager
def running_import(site: RunningSite, path: Path, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """Run an import of the list during the block, and end it after the block."""
    program = Path(sys.executable).with_name("partsearch")
    process = subprocess.Popen(
        [str(program), "import", str(path), "--yes"],
        env={**site.environment, **variables},
        preexec_fn=as_in_a_terminal,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def held(conninfo: str, statement: str | None) -> Iterator[None]:
    with psycopg.connect(conninfo) as other:
        if statement:
            other.execute(statement.encode())
        yield
        other.rollback()


def backend_in(conninfo: str, query: str) -> int:
    """Return the process of the database that runs such a statement of another session; 0 if there is none."""
    with psycopg.connect(conninfo) as watcher:
        row = watcher.execute(
            """
            SELECT pid FROM pg_stat_activity
            WHERE state = 'active' AND ltrim(query, E' \\n') LIKE %s AND pid <> pg_backend_pid()
            """,
            [query],
        ).fetchone()
    return row[0] if row else 0


def is_running(conninfo: str, pid: int) -> bool:
    with psycopg.connect(conninfo) as watcher:
        found = watcher.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
    return found is not None


def kill(process: subprocess.Popen[str], _: str, __: int) -> None:
    process.kill()
    process.communicate(timeout=_SECONDS)


def interrupt(process: subprocess.Popen[str], _: str, __: int, number: signal.Signals = signal.SIGINT) -> None:
    process.send_signal(number)
    _, errors = process.communicate(timeout=_SECONDS)
    assert (process.returncode, "nothing was changed" in errors) == (1, True), errors


def terminate(process: subprocess.Popen[str], conninfo: str, pid: int) -> None:
    interrupt(process, conninfo, pid, signal.SIGTERM)


def close_terminal(process: subprocess.Popen[str], conninfo: str, pid: int) -> None:
    interrupt(process, conninfo, pid, signal.SIGHUP)


def lose_database(process: subprocess.Popen[str], conninfo: str, pid: int) -> None:
    with psycopg.connect(conninfo) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    _, errors = process.communicate(timeout=_SECONDS)
    assert (process.returncode, "Nothing was changed" in errors) == (1, True), errors


@pytest.mark.parametrize(
    ("stage", "end"),
    [
        *((stage, kill) for stage in STAGES),
        *((stage, lose_database) for stage in STAGES),
        ("staging", interrupt),
        ("writing", interrupt),
        ("writing", terminate),
        ("staging", close_terminal),
    ],
)
def test_an_import_that_does_not_end_changes_nothing(
    live_site: RunningSite, large_list: Path, stage: str, end: Callable[[subprocess.Popen[str], str, int], None]
) -> None:
    hold, query = STAGES[stage]
    before = tables()
    with held(live_site.conninfo, hold), running_import(live_site, large_list) as process:
        pid = wait_for(lambda: backend_in(live_site.conninfo, query), _SECONDS, f"the import in {query}")
        end(process, live_site.conninfo, pid)
    wait_for(lambda: not is_running(live_site.conninfo, pid), _SECONDS, "the end of the transaction")
    assert tables() == before


def test_an_import_leaves_the_processors_to_searches(live_site: RunningSite, large_list: Path) -> None:
    hold, query = STAGES["comparing"]
    with held(live_site.conninfo, hold), running_import(live_site, large_list) as process:
        backend = wait_for(lambda: backend_in(live_site.conninfo, query), _SECONDS, f"the import in {query}")
        assert os.getpriority(os.PRIO_PROCESS, process.pid) >= _LOW_PRIORITY
        assert os.getpriority(os.PRIO_PROCESS, backend) >= _LOW_PRIORITY


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files that the site's account can use."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def is_spooling(temporary: Path) -> bool:
    return any(path.stat().st_size for path in temporary.glob("*/input"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_an_import_that_reads_standard_input_leaves_nothing(
    live_site: RunningSite, large_list: Path, temporary: Path, number: signal.Signals
) -> None:
    """Only of a killed one the temporary files stay, until the next import."""
    before = tables()
    with running_import(live_site, Path("-"), TMPDIR=str(temporary)) as process:
        assert process.stdin
        process.stdin.write(_HEADER * 100_000)
        process.stdin.flush()
        wait_for(lambda: is_spooling(temporary), _SECONDS, "the temporary file")
        process.send_signal(number)
        process.wait(_SECONDS)
    assert len(list(temporary.iterdir())) == (number == signal.SIGKILL)
    for left in temporary.iterdir():
        os.utime(left, (0, 0))  # a young folder may belong to an import that has just started
        done = live_site.run("import", str(large_list), "--dry-run", TMPDIR=str(temporary))
        assert done.returncode == 0, done.stderr
    assert list(temporary.iterdir()) == []
    assert tables() == before
