"""Mutations of a file: of its bytes, with words of its format, and of what is packed in it."""

import gzip
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence

_MUTATIONS = (1, 1, 1, 2, 3, 6)
_LONGEST_REPEAT = 20_000
_MOST_BYTES = 2_000_000
_VALUE = re.compile(rb"""(?<=[>;"'\t])[^<>;"'\t\r\n]{1,60}(?=[<;"'\t\r\n])""")
_ELEMENT = re.compile(rb"<([\w:.-]+)(?:\s[^<>]*)?(?:/>|>[^<>]*(?:<\1[^<>]*>[^<>]*</\1>[^<>]*)*</\1>)")
_DELETED_SHARE = 0.3
_SMALL_BYTES = 20_000
_VALUES = (
    *(
        b"",
        b"0",
        b"-1",
        b"1 500,50",
        b"1,5E+308",
        b"99999999999999999999",
        b"NaN",
        b"2,11E+06",
        b">50",
        b"01.02.2003",
        b"true",
    ),
    *(
        "Цена".encode(),
        "Наименование".encode(),
        "Итого".encode(),
        b"name",
        b"price",
        "½ ⅓ ²".encode(),
        "\u0301".encode() * 40,
    ),
    *(
        b"=cmd|' /C calc'!A0",
        b"x" * 500,
        b"x" * 140_000,
        b"1/0",
        "І١٢٣".encode(),
        "\u200b".encode(),
        b"-",
        b"String",
        b"Number",
    ),
)
_NUMBER = re.compile(rb"[0-9]+")
_PLAIN_SHARE = 0.25
"""Of mutated archives, whose bytes themselves are changed."""

_WORDS = (
    *(
        b'"',
        b'""',
        b";",
        b"\t",
        b"\r",
        b"\n",
        b"\r\r\n",
        b"\0",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\xd0",
        b"\x98",
    ),
    *(
        b"<",
        b">",
        b"</",
        b"/>",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<![",
        b"<!",
        b"<?",
        b"&",
        b"&#0;",
        b"&#xD800;",
    ),
    *(b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<!ATTLIST offer a CDATA 'b'>", b"&amp;", b"&b;", b'<?xml version="1.0"?>'),
    *(b"<table>", b"</table>", b"<tr>", b"<td colspan=16384 rowspan=16384>", b"<script>", b"<style>", b"<td", b"</td"),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b",",
        b"\\u0000",
        b"\\ud800",
        b"1e999999",
        b"-0",
        b"NaN",
        b"Infinity",
        b"null",
        b'{"a":',
    ),
    *(
        b"0",
        b"-1",
        b"65536",
        b"1048577",
        b"4294967295",
        b"99999999999999999999",
        b"1.7976931348623157e309",
        b"2,11E+06",
    ),
    *(
        b"PK\x03\x04",
        b"PK\x01\x02",
        b"PK\x05\x06",
        b"\x1f\x8b\x08",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xff\xff\xff",
    ),
    *(
        b' ss:Index="1048576"',
        b' ss:MergeAcross="16383"',
        b' ss:MergeDown="1048575"',
        b' r="XFD1048576"',
        b"A1:XFD1048576",
    ),
    *(
        "Цена".encode(),
        "Наименование".encode(),
        "Характеристика".encode(),
        "Итого".encode(),
        "\u2028\u00a0\u200b".encode(),
    ),
)


def mutate(random_: random.Random, seeds: Sequence[bytes]) -> bytes:
    """Return one of the files with a few mutations. The same random state gives the same file."""
    data = random_.choice(seeds)
    if random_.random() > _PLAIN_SHARE:
        if data.startswith(b"PK"):
            return _mutate_zip(random_, data)
        if data.startswith(b"\x1f\x8b"):
            return _mutate_gzip(random_, data)
    return _mutate_bytes(random_, data, seeds)


def _mutate_bytes(random_: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    for _ in range(random_.choice(_MUTATIONS)):
        change = random_.choice(_CHANGES)
        data = change(random_, data, seeds)[:_MOST_BYTES]
    return data


def _mutate_zip(random_: random.Random, data: bytes) -> bytes:
    """Return the archive with one member mutated, so that the change gets through the check of its sum."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(member.filename, archive.read(member)) for member in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError):
        return data
    chosen = random_.randrange(len(members)) if members else 0
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w", random_.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
        for number, (name, content) in enumerate(members):
            archive.writestr(name, _mutate_bytes(random_, content, [content]) if number == chosen else content)
    return changed.getvalue()


def _mutate_gzip(random_: random.Random, data: bytes) -> bytes:
    try:
        content = gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return data
    return gzip.compress(_mutate_bytes(random_, content, [content]), mtime=0) * random_.choice((1, 1, 2))


def _place(random_: random.Random, data: bytes) -> int:
    return random_.randint(0, len(data))


def _piece(random_: random.Random, data: bytes) -> tuple[int, int]:
    start = _place(random_, data)
    return start, min(len(data), start + random_.choice((1, 2, 8, 64, 512)))


def _flip(random_: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(random_.choice((1, 1, 4, 32))):
        if changed:
            changed[random_.randrange(len(changed))] ^= 1 << random_.randrange(8)
    return bytes(changed)


def _set_byte(random_: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    place = _place(random_, data)
    return data[:place] + random_.randbytes(1) + data[place + 1 :]


def _insert_word(random_: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    place = _place(random_, data)
    return data[:place] + random_.choice(_WORDS) + data[place:]


def _replace_number(random_: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    number = random_.choice(found)
    other = random_.choice((b"0", b"-1", b"255", b"16384", b"65536", b"2147483648", b"9" * 30, b"1e400"))
    return data[: number.start()] + other + data[number.end() :]


def _delete(random_: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _piece(random_, data)
    return data[:start] + data[end:]


def _repeat(random_: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _piece(random_, data)
    times = random_.choice((2, 3, 50, max(2, _LONGEST_REPEAT // max(1, end - start))))
    return data[:start] + data[start:end] * times + data[end:]


def _truncate(random_: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    return data[: _place(random_, data)]


def _splice(random_: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    other = random_.choice(seeds)
    return data[: _place(random_, data)] + other[_place(random_, other) :]


def _replace_value(random_: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Replace a text between tags, quotation marks or delimiters, so that the file stays well-formed."""
    found = list(_VALUE.finditer(data))
    if not found:
        return data
    value = random_.choice(found)
    return data[: value.start()] + random_.choice(_VALUES) + data[value.end() :]


def _move_element(random_: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Copy an element of XML to the place before another one, or delete it."""
    found = list(_ELEMENT.finditer(data)) if len(data) < _SMALL_BYTES else []
    if not found:
        return data
    element, other = random_.choice(found), random_.choice(found)
    if random_.random() < _DELETED_SHARE:
        return data[: element.start()] + data[element.end() :]
    return data[: other.start()] + element[0] * random_.choice((1, 2, 100)) + data[other.start() :]


_CHANGES: tuple[Callable[[random.Random, bytes, Sequence[bytes]], bytes], ...] = (
    *(_flip, _set_byte, _insert_word, _insert_word, _replace_number),
    *(_delete, _repeat, _truncate, _splice),
    *(_replace_value, _replace_value, _replace_value, _move_element, _move_element),
)
