"""JSON lines: one object a line."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from partsearch.contract.exported_list.columns import HEADERS, row_of_object
from partsearch.contract.exported_list.exact_json import decode_exact
from partsearch.contract.exported_list.part import JSON_HEADER, REFERENCE_HEADER
from partsearch.price_list.errors import UnreadableFileError
from partsearch.price_list.formats.cell_text import storable
from partsearch.price_list.formats.encoding.find import encoding_name, find_encoding
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.formats.json_objects.cells import cells_of, exact_number, names_of
from partsearch.price_list.formats.keyed_rows import ColumnNames, keyed_record
from partsearch.price_list.formats.limits import RECORD_CHARACTERS
from partsearch.price_list.formats.table import Record, Table

_HEADER_WITHIN = 1_000

_decode = json.JSONDecoder(parse_float=exact_number).decode
_Line = tuple[int, dict[str, Any] | None]


def read_json_lines(file: Path, path: Path, encoding: str | None) -> list[Table]:
    """Return the table of a file of JSON lines. Its columns are the keys of the first 1,000 lines.

    A list of plain values becomes one cell, with commas; other nested values stay JSON. The number of a record is that
    of its line plus one, for the header.

    Args:
        file: the text file.
        path: the name of the input, for messages.
        encoding: that the user has given.

    Raises:
        UnreadableFileError: the file has no objects.
        TooLargeError: the objects have too many keys.
    """
    codec = find_encoding(file, path, encoding)
    columns = ColumnNames(path)
    for _, found in islice(_lines(file, codec), _HEADER_WITHIN):
        columns.add(names_of(found or {}))
    if not columns.names:
        raise UnreadableFileError(f"{label(path)} has no JSON objects in its lines.", "Export the price list again.")
    is_exported = {REFERENCE_HEADER, JSON_HEADER} <= set(columns.names)
    records = partial(_exported_records, file, codec) if is_exported else partial(_records, file, codec, columns.names)
    return [Table("", "jsonl", encoding_name(codec), "", records, has_known_header=True)]


def _records(file: Path, codec: str, header: list[str]) -> Iterator[Record]:
    yield Record(1, [storable(name) for name in header])
    positions = {name: index for index, name in enumerate(header)}
    for number, found in _lines(file, codec):
        if found is None:
            yield Record(number + 1, [], "not a JSON object")
        else:
            yield keyed_record(number + 1, positions, cells_of(found))


def _exported_records(file: Path, codec: str) -> Iterator[Record]:
    """Yield the records of an exported list: the same cells as in its other formats."""
    header = list(HEADERS)
    yield Record(1, header)
    positions = {name: index for index, name in enumerate(header)}
    for number, found in _lines(file, codec, decode_exact):
        if found is None:
            yield Record(number + 1, [], "not a JSON object")
        else:
            yield keyed_record(number + 1, positions, dict(zip(header, row_of_object(found), strict=True)))


def _lines(file: Path, codec: str, decode: Callable[[str], Any] = _decode) -> Iterator[_Line]:
    """Yield the number and the object of each line that is not blank, None for one that is no object."""
    with file.open(encoding=codec) as stream:
        for number, line in enumerate(_limited_lines(stream), 1):
            if line.strip():
                yield number, _parse(line, decode)


def _limited_lines(stream: TextIO) -> Iterator[str]:
    """Yield the lines; of an overlong one only the beginning, which is no JSON."""
    while line := stream.readline(RECORD_CHARACTERS):
        rest = line
        while len(rest) == RECORD_CHARACTERS and not rest.endswith("\n"):
            rest = stream.readline(RECORD_CHARACTERS)
        yield line


def _parse(line: str, decode: Callable[[str], Any]) -> dict[str, Any] | None:
    try:
        found = decode(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
