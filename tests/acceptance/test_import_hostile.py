"""``partsearch import`` with files and streams that are no price list, or are made to use up the machine.

Each ends with an error that names the cause and the next step, within 500 MB of memory, and leaves nothing: no change
in the catalog, no temporary file.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.as_account import process_arguments
from tests.support.hostile_lists import (
    MEBIBYTE,
    encrypted_old_workbook,
    encrypted_workbook,
    encrypted_zip,
    laughing_workbook,
    repeated,
    text,
    wide_workbook,
    workbook_of_a_huge_cell,
    zeros_in_gzip,
    zip_in_zips,
)
from tests.support.price_lists import row, write_xlsx
from tests.support.site import RunningSite

_MOST_RESIDENT = 500 * MEBIBYTE
_SECONDS = 240
_MEASURED = """
import json, resource, subprocess, sys
ended = subprocess.run(sys.argv[1:], capture_output=True, text=True)
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([ended.returncode, ended.stdout, ended.stderr, memory]))
"""
"""Runs a command and prints what became of it. The memory of a child of pytest begins with that of pytest."""

_HEADER = "Название;Цена\n"
_STREAMS = {
    "lines without an end": ("yes", "larger than 1,024 MiB"),
    "zeros without an end": ("cat /dev/zero", "larger than 1,024 MiB"),
    "rows without an end": (f"printf '{_HEADER}'; yes 'Фара Kia Rio;100'", "larger than 1,024 MiB"),
    "zeros in gzip": ("head -c 2G /dev/zero | gzip -1", "unpacks to more than 1,024 MiB"),
    "nothing": ("true", "Standard input is empty"),
    "a picture": (r"printf '\211PNG\r\n\032\n'", "is a picture"),
    "no header": ("printf 'a;b\nc;d\n'", "Standard input has no header"),
}


def truncated_workbook(path: Path) -> None:
    write_xlsx(path, {"S": "".join(row(number, A=f"Фара {number}", B="7") for number in range(1, 200))})
    path.write_bytes(path.read_bytes()[:-200])


def zip_bomb(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("a.csv", "w") as list_,
    ):
        list_.write(_HEADER.encode())
        for _ in range(64):
            list_.write(b"x;1\n" * (MEBIBYTE // 4))


def picture_in_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.jpg", b"\xff\xd8\xff")


_FILES: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "an empty file": ("a.csv", text(""), "is empty"),
    "a directory": ("a.csv", Path.mkdir, "is a directory"),
    "a PDF": ("a.xlsx", text("%PDF-1.7\n"), "is a PDF document"),
    "a picture": ("a.csv", text(b"\x89PNG\r\n\x1a\n" + bytes(100)), "is a picture"),
    "a picture in a zip": ("a.zip", picture_in_zip, "is an archive without a single price list"),
    "zeros": ("a.csv", text(bytes(MEBIBYTE)), "NUL"),
    "a zip bomb": ("a.zip", zip_bomb, "250 times its size"),
    "a gzip bomb": ("a.csv", lambda path: zeros_in_gzip(path, 2), "(250 times its size|unpacks to more than)"),
    "a zip in zips": ("a.zip", zip_in_zips, "is an archive in an archive"),
    "a zip with a password": ("a.zip", encrypted_zip, "is an archive with a password"),
    "a truncated XLSX": ("a.xlsx", truncated_workbook, "is a damaged or truncated zip file"),
    "an XLSX with a password": ("a.xlsx", encrypted_workbook, "is protected with a password"),
    "an XLS with a password": ("a.xls", encrypted_old_workbook, "is protected with a password"),
    "an XLSX with entities": ("a.xlsx", laughing_workbook, "(is not a workbook|has no header)"),
    "an XLSX with a million columns": (
        "a.xlsx",
        wide_workbook,
        "(is a workbook that needs too much|is not a workbook|has no header)",
    ),
    "an XLSX with a cell of 100 MB": (
        "a.xlsx",
        workbook_of_a_huge_cell,
        "(needs too much|has no header|no usable row)",
    ),
    "XML with entities": (
        "a.xml",
        text("<!DOCTYPE a [<!ENTITY l 'ha'><!ENTITY m '&l;&l;'>]><Ads><Ad><Id>&m;</Id></Ad></Ads>"),
        "entities",
    ),
    "XML with an external entity": (
        "a.xml",
        text("<!DOCTYPE a [<!ENTITY l SYSTEM 'file:///etc/passwd'>]><Ads><Ad><Id>&l;</Id></Ad></Ads>"),
        "entities",
    ),
    "a CSV with a million columns": ("a.csv", text(";" * 1_000_000 + "\n" + ";" * 1_000_000), "(has no header|cells)"),
    "a CSV with a cell of 100 MB": ("a.csv", repeated(_HEADER, "x" * 100, 100), "too long to be a row"),
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the site's account can use, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    folder.chmod(0o755)
    (folder / "temporary").mkdir()
    (folder / "temporary").chmod(0o777)
    yield folder
    shutil.rmtree(folder)


class Imports:
    """Runs the command in a folder for temporary files, which must be empty afterwards.

    Args:
        site: whose catalog must stay as it is.
        folder: for the files.
    """

    def __init__(self, site: RunningSite, folder: Path) -> None:
        self._site, self._temporary = site, folder / "temporary"

    def refused(self, path: str, stream: str = "") -> str:
        """Return the error, after checking that nothing else came of the import."""
        before = self._catalog()
        code, printed, errors = self._run(path, stream)
        assert (code, printed) == (1, ""), errors
        *_, error, next_step = [line for line in errors.splitlines() if not line.endswith(" s")]
        assert error.startswith("Error: "), errors
        assert next_step.endswith("."), errors
        assert self._catalog() == before
        return error

    def imported(self, path: Path) -> None:
        code, _, errors = self._run(str(path), "")
        assert code == 0, errors

    def _run(self, path: str, stream: str) -> tuple[int, str, str]:
        program = str(Path(sys.executable).with_name("partsearch"))
        command = [sys.executable, "-c", _MEASURED, program, "import", path]
        environment = {**self._site.environment, "TMPDIR": str(self._temporary)}
        with subprocess.Popen(
            ["sh", "-c", stream or "true"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as source:
            ended = subprocess.run(
                command, env=environment, stdin=source.stdout, capture_output=True, text=True, timeout=_SECONDS
            )
            assert source.stdout
            source.stdout.close()
        code, printed, errors, kibibytes = json.loads(ended.stdout)
        assert kibibytes * 1024 <= _MOST_RESIDENT
        assert list(self._temporary.iterdir()) == []
        return code, printed, errors

    def _catalog(self) -> list[tuple[int]]:
        with psycopg.connect(self._site.conninfo) as connection:
            return connection.execute(
                "SELECT count(*) FROM part UNION ALL SELECT count(*) FROM price_list_import"
            ).fetchall()


@pytest.fixture
def imports(live_site: RunningSite, folder: Path) -> Imports:
    return Imports(live_site, folder)


@pytest.mark.parametrize("kind", _FILES)
def test_a_hostile_file_is_refused(imports: Imports, folder: Path, kind: str) -> None:
    name, make, expected = _FILES[kind]
    make(folder / name)
    error = imports.refused(str(folder / name))
    assert f"{folder / name}" in error
    assert re.search(expected, error), error


@pytest.mark.parametrize("kind", _STREAMS)
def test_a_hostile_stream_is_refused(imports: Imports, kind: str) -> None:
    stream, expected = _STREAMS[kind]
    error = imports.refused("-", stream)
    assert expected in error


def test_devices_and_missing_files_are_refused(imports: Imports, folder: Path) -> None:
    assert "is a device" in imports.refused("/dev/null")
    assert "is a device" in imports.refused("/dev/zero")
    assert "No such file" in imports.refused(str(folder / "none.csv"))


def test_a_pipe_with_nothing_in_it_is_refused(imports: Imports, folder: Path) -> None:
    pipe = folder / "pipe.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(" \n",))
    writer.start()
    assert "is empty" in imports.refused(str(pipe))
    writer.join()


def test_a_file_without_the_right_to_read_it_is_refused(live_site: RunningSite, folder: Path) -> None:
    """The account of the site runs this: root may read every file."""
    path = folder / "a.csv"
    path.write_text(f"{_HEADER}Фара Kia Rio;1\n")
    path.chmod(0)
    program = str(Path(sys.executable).with_name("partsearch"))
    refused = subprocess.run(
        [program, "import", str(path)], env=live_site.environment, capture_output=True, text=True, **process_arguments()
    )
    assert refused.returncode == 1
    assert refused.stderr == (
        f"Error: {path} cannot be read: Permission denied.\nCheck the path and the rights of the file.\n"
    )


def test_a_wrong_ending_and_formulas_do_no_harm(imports: Imports, folder: Path, live_site: RunningSite) -> None:
    formula = '=HYPERLINK("http://a/";"Фара Kia Rio")'
    book = write_xlsx(folder / "book.csv", {"S": row(1, A="Название", B="Цена") + row(2, A="Фара Kia Rio", B="77")})
    imports.imported(book)
    rows = folder / "formulas.xlsx"
    rows.write_text(f'{_HEADER}"{formula.replace(chr(34), chr(34) * 2)}";78\n')
    imports.imported(rows)
    exported = live_site.run("export", "--price-gte", "77", "--price-lte", "78").stdout
    assert "Фара Kia Rio" in exported
    assert all(not cell.startswith(("=", '"=')) for line in exported.splitlines() for cell in line.split(";"))
