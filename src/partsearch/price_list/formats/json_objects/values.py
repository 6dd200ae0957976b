"""JSON that is not one object a line.

It is an array of objects or of lists, an object around one such as ``{"items": [...]}``, or objects by their
identifiers.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from partsearch.price_list.errors import DamagedFileError, TooLargeError, UnreadableFileError
from partsearch.price_list.formats.cell_text import storable
from partsearch.price_list.formats.encoding.find import encoding_name, find_encoding
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.formats.json_objects.cells import cell_of, cells_of, exact_number, names_of
from partsearch.price_list.formats.keyed_rows import ColumnNames, keyed_record
from partsearch.price_list.formats.limits import CELL_CHARACTERS, COLUMNS, RECORD_CHARACTERS
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
    """Return a table for each array of objects, else for each array of lists. The columns are the keys of all objects.

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
    found = _find_tables(_values(file, path, codec), path)
    by_key = not found.columns or found.is_one_object_of_objects
    if by_key:
        of_keys = _find_tables(_values(file, path, codec, by_key=True), path)
        by_key = bool(of_keys.columns)
        found = of_keys if by_key else found
    read = partial(_values, file, path, codec, by_key=by_key)
    places: list[_Path] = list(found.columns or found.lists)
    if not places:
        raise UnreadableFileError(f"{label(path)} is JSON without objects.", "Export the price list again.")
    return [
        Table(
            ".".join(place) if len(places) > 1 else "",
            "json",
            encoding_name(codec),
            "",
            partial(_records, read, place, found.columns[place].names)
            if found.columns
            else partial(_list_records, read, place),
            has_known_header=bool(found.columns),
        )
        for place in places
    ]


@dataclass
class _Found:
    """The tables of a file: arrays of objects, and arrays of lists, by the keys that lead to them."""

    columns: dict[_Path, ColumnNames] = field(default_factory=dict)
    lists: dict[_Path, None] = field(default_factory=dict)
    objects: int = 0
    only_objects: bool = True

    @property
    def is_one_object_of_objects(self) -> bool:
        """Return whether the file is one object whose values are objects: the rows by their identifiers."""
        return self.objects == 1 and list(self.columns) == [()] and self.only_objects


def _find_tables(values: Iterator[tuple[_Path, Any]], path: Path) -> _Found:
    found = _Found()
    for place, value in values:
        if isinstance(value, dict):
            found.columns.setdefault(place, ColumnNames(path)).add(names_of(value))
            found.objects += 1
            found.only_objects = found.only_objects and all(isinstance(inner, dict) for inner in value.values())
        elif isinstance(value, list):
            found.lists[place] = None
        if len(found.columns) + len(found.lists) > _MOST_ARRAYS:
            raise TooLargeError(f"{label(path)} has too many arrays of objects.", "Export the list as CSV.")
    found.columns = {place: names for place, names in found.columns.items() if names.names}
    return found


_Read = Callable[[], Iterator[tuple[_Path, Any]]]


def _records(read: _Read, wanted: _Path, header: list[str]) -> Iterator[Record]:
    yield Record(1, [storable(name) for name in header])
    positions = {name: index for index, name in enumerate(header)}
    number = 1
    for place, found in read():
        if place == wanted:
            number += 1
            if isinstance(found, dict):
                yield keyed_record(number, positions, cells_of(found))
            else:
                yield Record(number, [], "not a JSON object")


def _list_records(read: _Read, wanted: _Path) -> Iterator[Record]:
    number = 0
    for place, found in read():
        if place == wanted:
            number += 1
            cells = list(map(cell_of, found)) if isinstance(found, list) else []
            if not isinstance(found, list):
                yield Record(number, [], "not a JSON array")
            elif len(cells) > COLUMNS or any(len(cell) > CELL_CHARACTERS for cell in cells):
                yield Record(number, [], "too long to be a row")
            else:
                yield Record(number, cells)


def _values(file: Path, path: Path, codec: str, *, by_key: bool = False) -> Iterator[tuple[_Path, Any]]:
    """Yield the elements of all arrays, each with the keys that lead to its array; no array is in another one.

    Args:
        file: the text file.
        path: the name of the input, for messages.
        codec: of the file.
        by_key: yield the objects that are values of an object instead.
    """
    with file.open(encoding=codec) as stream:
        text = _JsonText(stream, path)
        while text.next_character():
            yield from _walk_keys(text, ()) if by_key else _walk(text, ())


def _walk(text: "_JsonText", place: _Path) -> Iterator[tuple[_Path, Any]]:
    first = text.next_character()
    if first == "[":
        for _ in _items(text, "[", "]"):
            yield place, text.take_value()
    elif first == "{" and (place or not text.is_plain_object()) and len(place) < _DEEPEST:
        for key in _keys(text):
            yield from _walk(text, (*place, key))
    elif place:
        text.take_value()
    else:
        yield place, text.take_value()


def _walk_keys(text: "_JsonText", place: _Path) -> Iterator[tuple[_Path, Any]]:
    if text.next_character() != "{" or len(place) >= _DEEPEST:
        text.take_value()
        return
    for key in _keys(text):
        if text.next_character() == "{" and text.is_row():
            value = text.take_value()
            is_identifier = "id" not in value and not key.isdigit()
            yield place, {"id": key, **value} if is_identifier else value
        else:
            yield from _walk_keys(text, (*place, key))


def _keys(text: "_JsonText") -> Iterator[str]:
    """Yield each key of an object. The caller takes its value."""
    for _ in _items(text, "{", "}"):
        key = text.take_value()
        if not isinstance(key, str):
            raise text.damaged("a key is no text")
        text.take(":")
        yield key


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

    def is_row(self) -> bool:
        """Return whether the next value is an object of modest size with a value that is no object."""
        found = self._decode(_MODEST_CHARACTERS)
        return found is not None and any(not isinstance(value, dict) for value in found[0].values())

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
    """Return whether a list of objects, or a table of lists, is in a value."""
    if not depth:
        return False
    if isinstance(value, dict):
        return any(_has_objects(inner, depth - 1) for inner in value.values())
    return isinstance(value, list) and bool(value) and (isinstance(value[0], dict) or _is_table(value))


def _is_table(value: list[Any]) -> bool:
    """Return whether a list has a header of texts and rows below it."""
    header = value[0]
    return isinstance(header, list) and len(value) > 1 < len(header) and all(isinstance(cell, str) for cell in header)
