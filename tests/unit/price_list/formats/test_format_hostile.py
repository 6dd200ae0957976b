"""Files that are made to use up the machine. Each is read in a process of its own, whose memory is measured.

A clear error, at most 500 MB of memory, and an end within the time limit are what counts.
"""

import faulthandler
import gzip
import json
import os
import random
import re
import resource
import signal
import struct
import tempfile
import traceback
import zipfile
import zlib
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
import xlwt
from tests.support.price_lists import row, write_xlsx

from partsearch.price_list.errors import PriceListError
from partsearch.price_list.formats import limits, open_price_list
from partsearch.price_list.formats.input import archives

MEBIBYTE = 1024 * 1024
MOST_RESIDENT = 500 * MEBIBYTE
SECONDS = 120


def outcome(path: Path, *, encoding: str | None = None) -> str:
    """Return what reading a list in a fork of this process leads to: the rows, or the error with its next step."""
    results, sender = os.pipe()
    pid = os.fork()
    if pid == 0:
        _read(path, encoding, sender)
    os.close(sender)
    with os.fdopen(results, "rb") as stream:
        found = stream.read().decode()
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, found
    line, _, resident = found.rpartition("\n")
    assert int(resident) <= MOST_RESIDENT
    return line


def _read(path: Path, encoding: str | None, sender: int) -> None:
    code = 1
    # A fork begins with the memory of the process with the tests, which may be large by now.
    inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        faulthandler.disable()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(SECONDS)
        tempfile.tempdir = str(path.parent)
        line = _rows_or_error(path, encoding)
        resident = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        os.write(sender, f"{line}\n{(resident - inherited) * 1024}".encode())
        code = 0
    except BaseException:
        os.write(sender, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _rows_or_error(path: Path, encoding: str | None) -> str:
    try:
        with open_price_list(path, encoding=encoding) as tables:
            rows = sum(not record.is_blank for table in tables for record in table.records())
    except PriceListError as error:
        return f"{type(error).__name__}: {error} | {error.next_step}"
    return f"read {rows} rows"


def zeros_in_gzip(path: Path, gibibytes: int) -> None:
    """Write gzip of so many GiB of zeros, without packing them all: parts of packed zeros repeat."""
    packer = zlib.compressobj(9, wbits=-15)
    start = packer.compress(bytes(MEBIBYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    piece = packer.compress(bytes(16 * MEBIBYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    with path.open("wb") as target:
        target.write(b"\x1f\x8b\x08" + bytes(6) + b"\xff" + start)
        for _ in range(gibibytes * 64):
            target.write(piece)


def zip_of_method(path: Path, method: int) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("list.csv", b"Name;Price\n" + b"x;1\n" * 100_000)


def overlapping_zip(path: Path) -> None:
    """Write an archive whose thousand members are all the same packed data."""
    content = zlib.compressobj(9, wbits=-15)
    packed = content.compress(b"a;b\n" * 250_000) + content.flush()
    crc = zlib.crc32(b"a;b\n" * 250_000)
    sizes = struct.pack("<LLLHH", crc, len(packed), 1_000_000, 5, 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + b"00000" + packed
    central = b""
    for number in range(1_000):
        central += b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
        central += struct.pack("<HHHLL", 0, 0, 0, 0, 0) + f"{number:05}".encode()
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1_000, 1_000, len(central), len(local), 0)
    path.write_bytes(local + central + end)


def crowded_zip(path: Path) -> None:
    """Write an archive that says that it has a gigabyte of members."""
    central = b"PK\x01\x02" + bytes(42)
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 0xFFFF, 0xFFFF, 300 * MEBIBYTE, 0, 0)
    with path.open("wb") as target:
        target.write(b"PK\x03\x04")
        target.truncate(300 * MEBIBYTE)
        target.seek(0, os.SEEK_END)
        target.write(central + end)


def zip_in_zips(path: Path) -> None:
    content, name = b"a;b\n", "list.csv"
    for depth in range(6):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        content, name = path.read_bytes(), f"{depth}.zip"


def encrypted_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("list.csv", b"a;b\n")
    packed = bytearray(path.read_bytes())
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(packed)


def encrypted_workbook(path: Path) -> None:
    """Write a container of OLE with the stream that an encrypted XLSX has."""
    book = xlwt.Workbook()
    book.add_sheet("x")
    book.save(str(path))
    name, other = ("Workbook\0".encode("utf-16-le"), "EncryptedPackage\0".encode("utf-16-le"))
    ole = path.read_bytes()
    place = ole.index(name)
    entry = bytearray(ole[place : place + 128])
    entry[: len(other)] = other
    entry[64:66] = struct.pack("<H", len(other))
    path.write_bytes(ole[:place] + bytes(entry) + ole[place + 128 :])


def laughing_workbook(path: Path) -> None:
    laughs = "".join(f"<!ENTITY l{number} '{f'&l{number - 1};' * 10}'>" for number in range(1, 12))
    write_xlsx(path, {"S": row(1, A="x")})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    members["xl/worksheets/sheet1.xml"] = (
        f"<!DOCTYPE w [<!ENTITY l0 'ha'>{laughs}]>{sheet.replace('>x<', '>&l11;<')}".encode()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def wide_workbook(path: Path) -> None:
    """Write a sheet with a million cells in its row, in columns of five letters."""
    cells = "".join(f'<c r="{"".join(letters)}1"><v>1</v></c>' for letters in product("BCDEFGHIJKLMNOPQ", repeat=5))
    write_xlsx(path, {"S": f'<row r="1">{cells}</row>'})


def workbook_of_a_huge_cell(path: Path) -> None:
    text = "".join(random.Random(1).choices("abcdefgh", k=1_000)) * 100_000
    write_xlsx(path, {"S": row(1, A=text) + row(2, A="x")})


def workbook_of_blank_rows(path: Path) -> None:
    rows = "".join(f'<row r="{number}"/>' for number in range(1, 100_000))
    lie = write_xlsx(path, {"S": rows + row(10_000_000, A="x")})
    assert lie.exists()


def workbook_that_repeats_a_text(path: Path) -> None:
    """Write a workbook with one merged cell of a long text over all rows."""
    rows = row(1, A="x" * 30_000, B="y") + row(1_000_000, B="z")
    merged = '<mergeCells count="1"><mergeCell ref="A1:A1000000"/></mergeCells>'
    write_xlsx(path, {"S": f"{rows}</sheetData>{merged}"})


def text(content: str | bytes) -> Callable[[Path], None]:
    data = content.encode() if isinstance(content, str) else content
    return lambda path: path.write_bytes(data) and None


def repeated(start: str, piece: str, mebibytes: int, end: str = "") -> Callable[[Path], None]:
    """Return a function that writes a text of so many MiB of one piece."""

    def write(path: Path) -> None:
        block = (piece * (MEBIBYTE // len(piece.encode()) + 1)).encode()
        with path.open("wb") as target:
            target.write(start.encode())
            for _ in range(mebibytes):
                target.write(block)
            target.write(end.encode())

    return write


def numbered(start: str, piece: str, count: int) -> Callable[[Path], None]:
    """Return a function that writes a piece with the numbers from 0 in it."""
    return lambda path: path.write_text(start + "".join(piece.format(number) for number in range(count))) and None


def packed(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        make(path)
        path.write_bytes(gzip.compress(path.read_bytes(), 1))

    return write


HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "gzip of 10 GB of zeros": (lambda path: zeros_in_gzip(path, 10), "TooLargeError: .*unpacks to more than"),
    "gzip with an endless name": (repeated("\x1f", "", 0), ""),
    "zip with bzip2": (lambda path: zip_of_method(path, zipfile.ZIP_BZIP2), "UnsupportedFormatError: .*method"),
    "zip with lzma": (lambda path: zip_of_method(path, zipfile.ZIP_LZMA), "UnsupportedFormatError: .*method"),
    "zip with overlapping members": (overlapping_zip, "DamagedFileError: .*differ"),
    "zip with a huge directory": (crowded_zip, "DamagedFileError: .*too many members"),
    "zip in zips": (zip_in_zips, "UnsupportedFormatError: .*archive in an archive"),
    "zip with a password": (encrypted_zip, "UnsupportedFormatError: .*password"),
    "XLSX with a password": (encrypted_workbook, "(UnsupportedFormatError: .*password|DamagedFileError)"),
    "XLSX with entities": (laughing_workbook, "(DamagedFileError|read 1 rows)"),
    "XLSX with a million columns": (wide_workbook, "(TooLargeError|DamagedFileError|read 1 rows)"),
    "XLSX with a cell of 100 MB": (workbook_of_a_huge_cell, "(TooLargeError|read 2 rows)"),
    "XLSX with millions of blank rows": (workbook_of_blank_rows, "TooLargeError"),
    "XLSX that repeats a text": (workbook_that_repeats_a_text, "TooLargeError"),
    "CSV with one line": (repeated("Name;Price\n", "x" * 100, 100), "read 2 rows"),
    "CSV with a quotation mark on each line": (repeated("Name;Price\n", '"x;1\n', 1), "read [0-9]+ rows"),
    "CSV of carriage returns": (repeated("Name;Price", "\r", 1), "read 1 rows"),
    "CSV of delimiters": (repeated("Name;Price\n", ";", 100), "read 2 rows"),
    "CSV with NUL bytes": (text(b"Name;Price\nx\0y;1\n"), "UnreadableFileError: .*NUL"),
    "CSV with a word of 20 MB": (repeated("Name;Price\nж;1\n", "x" * 100, 20), "read 3 rows"),
    "zeros": (text(bytes(MEBIBYTE)), "UnreadableFileError: .*NUL"),
    "HTML of unclosed tags": (repeated("<table><tr><td>", "<div><b>", 1, "x"), "read 1 rows"),
    "HTML of nested tables": (repeated("<html>", "<table><tr><td>", 1), "TooLargeError"),
    "HTML of tables": (repeated("<html>", "<table><tr><td>x</table>", 10), "TooLargeError"),
    "HTML of unfinished tags": (repeated("<table><tr><td>x", "<a ", 1), "TooLargeError"),
    "HTML with spans": (
        repeated("<table><tr><td colspan=16384 rowspan=16384>x</td></tr>", "<tr>", 1),
        "TooLargeError",
    ),
    "HTML with an unknown section": (text("<table><tr><td>x</table><![foo bar]>"), "read 1 rows"),
    "HTML with a number of 5,000 digits": (text(f"<table><tr><td colspan='{'0' * 5000}1'>x</table>"), "read 1 rows"),
    "JSON nested a million deep": (repeated('[{"a":', "[", 1), "DamagedFileError"),
    "JSON line nested a million deep": (repeated('{"a":1}\n{"a":', "[", 1), "read [0-9]+ rows"),
    "JSON of a huge text": (repeated('[{"a":"', "x", 20, '"}]'), "TooLargeError"),
    "JSON of empty arrays": (repeated('[{"a":1},', "[],", 1, "[]]"), "read [0-9]+ rows"),
    "JSON of many names": (numbered('[{"a":1}', ',{{"k{0}":1}}', 20_000), "TooLargeError"),
    "JSON lines of long names": (lambda path: long_names(path), "TooLargeError"),
    "JSON with halves of pairs": (text('[{"a":"\\ud800x\\u0000"}]'), "read 2 rows"),
    "XML with entities": (
        text("<!DOCTYPE a [<!ENTITY l 'ha'><!ENTITY m '&l;&l;'>]><Ads><Ad><Id>&m;</Id></Ad></Ads>"),
        "UnsupportedFormatError: .*entities",
    ),
    "XML with an external entity": (
        text("<!DOCTYPE a [<!ENTITY l SYSTEM 'file:///etc/passwd'>]><Ads><Ad><Id>&l;</Id></Ad></Ads>"),
        "UnsupportedFormatError: .*entities",
    ),
    "XML with parameter entities": (
        text("<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]><Ads><Ad><Id>1</Id></Ad></Ads>"),
        "UnsupportedFormatError: .*entities",
    ),
    "XML with default attributes": (
        text(f"<!DOCTYPE Ads [<!ATTLIST Ad a CDATA '{'x' * 10_000}'>]><Ads>{'<Ad/>' * 100}</Ads>"),
        "UnsupportedFormatError: .*entities",
    ),
    "XML of many names": (numbered("<Ads><Ad><Id>1</Id></Ad>", "<n{0}/>", 50_000), "TooLargeError"),
    "XML of many attributes": (
        numbered("<Ads><Ad><Id>1</Id></Ad><Ad ", "a{0}='' ", 100_000),
        "(TooLargeError|DamagedFileError)",
    ),
    "XML nested a million deep": (repeated("<Ads><Ad>", "<a>", 3), "TooLargeError"),
    "XML of a repeated element": (
        repeated("<Ads><Ad>", f"<Image>{'x' * 40}</Image>", 3, "</Ad></Ads>"),
        "read 1 rows|read 2 rows",
    ),
    "XML of categories": (
        numbered("<yml_catalog>", "<category id='{0}'>x</category>", 300_000),
        "TooLargeError",
    ),
    "YML with categories in a ring": (
        text("<yml_catalog><category id='1' parentId='1'/><offer><categoryId>1</categoryId></offer></yml_catalog>"),
        "read 2 rows",
    ),
    "a text in cp1251 with a word of 1 MB": (
        text("Имя;Цена\nФара правая;".encode("cp1251") + b"x" * 10**6),
        "read 2 rows",
    ),
    "UTF-7": (text("+AD0-cmd;+2AA-\nx;1\n"), "read 2 rows"),
    "a line end that never comes": (packed(repeated("Name;Price\n", "y" * 64, 20)), "read 2 rows|TooLargeError"),
}


def long_names(path: Path) -> None:
    with path.open("w") as target:
        for number in range(20):
            target.write(json.dumps({f"{number}{'k' * 500_000}": 1}) + "\n")


def gzip_with_a_long_name(path: Path) -> None:
    with path.open("wb") as target:
        target.write(b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 50 * MEBIBYTE)


HOSTILE["gzip with an endless name"] = (gzip_with_a_long_name, "DamagedFileError: .*truncated gzip")


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_an_error_or_is_read_within_the_limits(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 64 * MEBIBYTE)
    monkeypatch.setattr(archives, "FILE_BYTES", 64 * MEBIBYTE)
    make, expected = HOSTILE[kind]
    make(tmp_path / "list")
    found = outcome(tmp_path / "list")
    assert re.match(expected, found), found
    assert found.startswith("read") or not found.endswith("| ")
