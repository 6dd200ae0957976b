"""An import whose disk fills up: nothing changes, the error names the disk, and with free space it goes through."""

import gzip
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.support.as_account import give_to_account
from tests.support.deadline import wait_for
from tests.support.price_lists import row, write_xlsx
from tests.support.site import RunningSite, free_environment
from tests.support.small_disk import empty, fill, keep_connectable, small_disk

_HEADER = "ID;Марка;Модель;Название;Цена;Описание\n"
_TABLES = ("mark", "model", "part", "price_list_part", "price_list_import")
_TABLESPACE = "small_disk"


def random_text(characters: int) -> str:
    """Return a text that can hardly be packed."""
    return random.Random(1).randbytes(characters // 2).hex()


@pytest.fixture
def large_list(tmp_path: Path) -> Path:
    """A list of 20 MB, whose descriptions PostgreSQL cannot pack."""
    path = tmp_path / "list.csv"
    texts = random_text(5_000 * 4_000)
    with path.open("w") as file:
        file.write(_HEADER)
        for number in range(5_000):
            file.write(f"{number};Kia;Rio;Фара {number};100;{texts[number * 4_000 : (number + 1) * 4_000]}\n")
    return path


@pytest.fixture
def small_list(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(_HEADER + "1;Kia;Rio;Фара;100;\n2;Kia;Rio;Дверь;200;\n")
    return path


def counts(conninfo: str) -> dict[str, int]:
    """Return the rows of all tables that an import writes."""
    with psycopg.connect(conninfo) as connection:
        found = {}
        for name in _TABLES:
            row_ = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
            assert row_
            found[name] = row_[0]
        return found


@contextmanager
def on_small_disk(conninfo: str, place: str, back: str) -> Iterator[None]:
    """Keep a part of the database on a disk of 12 MiB during the block.

    Args:
        conninfo: of the site's database.
        place: the statement that puts the part there.
        back: the statement that puts it back.
    """
    superuser = make_conninfo(conninfo, user="postgres")
    with small_disk(12) as disk, psycopg.connect(superuser, autocommit=True) as connection:
        folder = disk / "tablespace"
        folder.mkdir()
        give_to_account(folder)
        space = sql.Identifier(_TABLESPACE)
        connection.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(space, str(folder)))
        connection.execute(sql.SQL("GRANT CREATE ON TABLESPACE {} TO PUBLIC").format(space))
        connection.execute(place.encode())
        try:
            yield
        finally:
            connection.execute(back.encode())
            connection.execute(sql.SQL("DROP TABLESPACE {}").format(space))


@pytest.mark.parametrize(
    ("place", "back"),
    [
        (
            f"ALTER DATABASE {{database}} SET temp_tablespaces = {_TABLESPACE}",
            "ALTER DATABASE {database} RESET temp_tablespaces",
        ),
        (f"ALTER TABLE part SET TABLESPACE {_TABLESPACE}", "ALTER TABLE part SET TABLESPACE pg_default"),
    ],
    ids=["while the rows are staged", "while the parts are written"],
)
def test_a_full_disk_of_the_database_changes_nothing(
    live_site: RunningSite, large_list: Path, place: str, back: str
) -> None:
    conninfo = live_site.conninfo
    with psycopg.connect(conninfo) as connection:
        database = connection.info.dbname
    before = counts(conninfo)
    with on_small_disk(conninfo, place.format(database=database), back.format(database=database)):
        full = live_site.run("import", str(large_list))
        assert (full.returncode, full.stdout) == (1, "")
        *_, error, next_step = full.stderr.splitlines()
        assert error.startswith("Error: The disk of the database is full: could not extend file"), full.stderr
        assert next_step == "Nothing was changed. Free some space there, then run the same command again."
        assert counts(conninfo) == before


def test_a_site_on_a_full_disk_imports_when_there_is_space(small_list: Path) -> None:
    """The home, PostgreSQL with its log written ahead, and the temporary files are on the same disk."""
    with small_disk(420) as disk, RunningSite.started(free_environment(disk / "home")) as site:
        keep_connectable(site)
        before = counts(site.conninfo)
        fill(disk)
        full = site.run("import", str(small_list))
        assert (full.returncode, full.stdout) == (1, "")
        *_, error, next_step = full.stderr.splitlines()
        assert "full" in error, full.stderr
        assert next_step.endswith("run the same command again."), full.stderr
        empty(disk)
        wait_for(lambda: site.run("import", str(small_list)).returncode == 0, 60, "the import")
        assert counts(site.conninfo)["part"] == before["part"] + 2


def zipped(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("list.csv", content)

    return write


_TEXT = random_text(8_000_000)
_LONG_ROWS = "".join(f"{number};Kia;Rio;Фара;1;{_TEXT[number * 4_000 :][:4_000]}\n" for number in range(2_000)).encode()
_HTML_ROWS = "".join(f"<tr><td>{_TEXT[number * 4_000 :][:4_000]}</td><td>1</td></tr>" for number in range(2_000))
_SPOOLED: dict[str, Callable[[Path], Any]] = {
    "gzip": lambda path: path.write_bytes(gzip.compress(_HEADER.encode() + _LONG_ROWS, 1)),
    "zip": zipped(_HEADER.encode() + _LONG_ROWS),
    "html": lambda path: path.write_text(f"<table><tr><td>Название</td><td>Цена</td></tr>{_HTML_ROWS}</table>"),
    "xlsx": lambda path: write_xlsx(
        path, {"S": "".join(row(number, A=_TEXT[number * 4_000 :][:4_000], B="1") for number in range(1, 2_000))}
    ),
}


@pytest.mark.parametrize("kind", [*_SPOOLED, "standard input"])
def test_a_full_disk_of_the_temporary_files_changes_nothing(live_site: RunningSite, tmp_path: Path, kind: str) -> None:
    before = counts(live_site.conninfo)
    path = tmp_path / f"list.{kind}"
    with small_disk(4, "1777") as disk:
        if kind == "standard input":
            path.write_bytes(_HEADER.encode() + _LONG_ROWS)
            with path.open("rb") as stream:
                full = live_site.run("import", "-", stdin=stream, TMPDIR=str(disk))
        else:
            _SPOOLED[kind](path)
            full = live_site.run("import", str(path), TMPDIR=str(disk))
        *_, error, next_step = full.stderr.splitlines()
        name = "Standard input" if kind == "standard input" else str(path)
        assert (full.returncode, error) == (1, f"Error: {name} cannot be read: the disk is full in {disk}."), (
            full.stderr
        )
        assert next_step == "Free some space, or set TMPDIR to a directory on another disk."
        assert list(disk.iterdir()) == []
    assert counts(live_site.conninfo) == before
