"""Files that are made to use up the machine. Each is read in a process of its own, whose memory is measured.

A clear error, at most 500 MB of memory, and an end within the time limit are what counts.
"""

import faulthandler
import json
import os
import re
import resource
import signal
import tempfile
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.hostile_lists import (
    MEBIBYTE,
    crowded_zip,
    encrypted_workbook,
    encrypted_zip,
    laughing_workbook,
    numbered,
    overlapping_zip,
    packed,
    repeated,
    text,
    wide_workbook,
    workbook_of_a_huge_cell,
    workbook_of_blank_rows,
    workbook_that_repeats_a_text,
    zeros_in_gzip,
    zip_in_zips,
    zip_of_method,
)

from partsearch.price_list.errors import PriceListError
from partsearch.price_list.formats import limits, open_price_list
from partsearch.price_list.formats.input import archives

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
