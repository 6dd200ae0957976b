"""JSON that is not one object a line: an array of objects, or an object around one such as ``{"items": [...]}``."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from partsearch.price_list.errors import DamagedFileError, TooLargeError, UnreadableFileError
from partsearch.price_list.formats.cell_text import storable
from partsearch.price_list.formats.encoding.find import encoding_name, find_encoding
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.formats.json_objects.cells import cells_of, exact_number, names_of
from partsearch.price_list.formats.keyed_rows import ColumnNames, keyed_record
from partsearch.price_list.formats.limits import RECORD_CHARACTERS
from partsearch.price_list.formats.table import Record, Table

_BLOCK_CHARACTERS = 64 * 1024
_MODEST_CHARACTERS = 256 * 1024
"""Of an object that may be one row."""

_LONGEST_TOKEN = 16
"""An error so near to the end of what is read may be the lack of the rest."""

_DEEPEST = 10
_MOST_ARRAYS = 100
_SPACE = " \t\r\n"

_Path = tuple[str, ...]


def read_json(file: Path, path: Path, encoding: str | None) -> list[Table]:
    """Return a table for each array of objects. Its columns are the keys of all of them.

    Values are read as in JSON lines. The number of a record is that of its object plus one, for the header.

    Args:
        file: the text file.
        path: the name of the input, for messages.
        encoding: that the user has given.

    Raises:
        UnreadableFileError: the file is damaged, or has no objects.
        TooLargeError: an object is too large, or they have too many keys.
    """
    codec = find_encoding(file, path, encoding)
    columns: dict[_Path, ColumnNames] = {}
    for place, found in _values(file, path, codec):
        if isinstance(found, dict):
            columns.setdefault(place, ColumnNames(path)).add(names_of(found))
        if len(columns) > _MOST_ARRAYS:
            raise TooLargeError(f"{label(path)} has too many arrays of objects.", "Export the list as CSV.")
    tables = {place: names for place, names in columns.items() if names.names}
    if not tables:
        raise UnreadableFileError(f"{label(path)} is JSON without objects.", "Export the price list again.")
    return [
        Table(
            ".".join(place) if len(tables) > 1 else "",
            "json",
            encoding_name(codec),
            "",
            partial(_records, file, path, codec, place, names.names),
            has_known_header=True,
        )
        for place, names in tables.items()
    ]


def _records(file: Path, path: Path, codec: str, wanted: _Path, header: list[str]) -> Iterator[Record]:
    yield Record(1, [storable(name) for name in header])
    positions = {name: index for index, name in enumerate(header)}
    number = 1
    for place, found in _values(file, path, codec):
        if place == wanted:
            number += 1
            if isinstance(found, dict):
                yield keyed_record(number, positions, cells_of(found))
            else:
                yield Record(number, [], "not a JSON object")


def _values(file: Path, path: Path, codec: str) -> Iterator[tuple[_Path, Any]]:
    """Yield the elements of all arrays, each with the keys that lead to its array; no array is in another one."""
    with file.open(encoding=codec) as stream:
        text = _JsonText(stream, path)
        while text.next_character():
            yield from _walk(text, ())


def _walk(text: "_JsonText", place: _Path) -> Iterator[tuple[_Path, Any]]:
    first = text.next_character()
    if first == "[":
        for _ in _items(text, "[", "]"):
            yield place, text.take_value()
    elif first == "{" and (place or not text.is_plain_object()) and len(place) < _DEEPEST:
        for _ in _items(text, "{", "}"):
            key = text.take_value()
            if not isinstance(key, str):
                raise text.damaged("a key is no text")
            text.take(":")
            yield from _walk(text, (*place, key))
    elif place:
        text.take_value()
    else:
        yield place, text.take_value()


def _items(text: "_JsonText", start: str, end: str) -> Iterator[None]:
    """Yield before each item of an array or object, up to and with its end. The caller takes the item."""
    text.take(start)
    if text.next_character() == end:
        text.take(end)
        return
    while True:
        yield
        if text.next_character() == end:
            text.take(end)
            return
        text.take(",")


class _JsonText:
    """The text of a JSON file, value by value."""

    def __init__(self, stream: TextIO, path: Path) -> None:
        self._stream = stream
        self._path = path
        self._decoder = json.JSONDecoder(parse_float=exact_number)
        self._text = ""
        self._start = 0
        self._has_ended = False

    def next_character(self) -> str:
        """Return the next character that is no space, without taking it; empty at the end."""
        while True:
            while self._start < len(self._text):
                character = self._text[self._start]
                if character not in _SPACE:
                    return character
                self._start += 1
            if not self._read_on(_BLOCK_CHARACTERS):
                return ""

    def take(self, character: str) -> None:
        """Take a character.

        Raises:
            DamagedFileError: another one is next.
        """
        found = self.next_character()
        if found != character:
            raise self.damaged(f"{character} is missing before {found!r}" if found else "it ends too early")
        self._start += 1

    def take_value(self) -> Any:
        """Take the next value.

        Raises:
            DamagedFileError: it is no JSON.
            TooLargeError: it is too long, or is nested too deeply.
        """
        found = self._decode()
        if found is None:
            raise TooLargeError(f"{label(self._path)} has a JSON value that is too large.", "Export the list as CSV.")
        value, self._start = found
        return value

    def is_plain_object(self) -> bool:
        """Return whether the next value is an object of modest size without a list of objects in it."""
        found = self._decode(_MODEST_CHARACTERS)
        return found is not None and not _has_objects(found[0], _DEEPEST)

    def damaged(self, cause: str) -> DamagedFileError:
        return DamagedFileError(f"{label(self._path)} is damaged JSON: {cause}.", "Export the price list again.")

    def _decode(self, most: int = RECORD_CHARACTERS) -> tuple[Any, int] | None:
        """Return the next value and where it ends; ``None`` if it has more than so many characters."""
        self.next_character()
        while True:
            cause = ""
            try:
                value, end = self._decoder.raw_decode(self._text, self._start)
                if end < len(self._text) or self._has_ended:
                    return value, end
            except json.JSONDecodeError as error:
                cause = error.msg
                if not cause.startswith("Unterminated") and error.pos < len(self._text) - _LONGEST_TOKEN:
                    raise self.damaged(cause) from error
            except (RecursionError, ValueError) as error:
                raise self.damaged(str(error)) from error
            if self._has_ended:
                raise self.damaged(cause)
            if len(self._text) - self._start > most:
                return None
            self._read_on(max(_BLOCK_CHARACTERS, len(self._text) - self._start))

    def _read_on(self, characters: int) -> bool:
        more = self._stream.read(characters)
        self._text, self._start = self._text[self._start :] + more, 0
        self._has_ended = not more
        return bool(more)


def _has_objects(value: Any, depth: int) -> bool:
    """Return whether a list of objects is in a value."""
    if not depth:
        return False
    if isinstance(value, dict):
        return any(_has_objects(inner, depth - 1) for inner in value.values())
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
