"""Price lists that are made to use up the machine. Each function writes one to a path, or returns one that does."""

import gzip
import os
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from itertools import product
from pathlib import Path

import xlwt

from tests.support.price_lists import row, write_xlsx

MEBIBYTE = 1024 * 1024


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


def encrypted_old_workbook(path: Path) -> None:
    """Write an XLS whose second record says that the rest is encrypted."""
    book = xlwt.Workbook()
    book.add_sheet("x")
    book.save(str(path))
    content = path.read_bytes()
    begin = content.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    length = struct.unpack("<H", content[begin + 2 : begin + 4])[0]
    encrypted = struct.pack("<HH", 0x2F, length) + struct.pack("<HHH", 1, 1, 1)[:length]
    path.write_bytes(content[:begin] + encrypted + content[begin + len(encrypted) :])
