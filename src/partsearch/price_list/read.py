"""Stage one: read a file into text, and find its encoding and delimiter."""

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from partsearch.price_list.errors import UnreadableFileError
from partsearch.price_list.records import Record, split_records

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DELIMITERS = (";", "\t", ",", "|")
_SAMPLE_RECORDS = 60
_SAMPLE_CHARACTERS = 200_000
_AS_CSV = "Save the list as CSV in UTF-8 and import that file."


@dataclass(frozen=True)
class Sheet:
    """A price list as text, with its encoding and delimiter."""

    text: str
    encoding: str
    delimiter: str

    def records(self) -> Iterator[Record]:
        """Return the records from the first one on; each call starts again."""
        return split_records(self.text, self.delimiter)


def read_content(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        UnreadableFileError: the file is missing, or permission is denied.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(
            f"{path} cannot be read: {error.strerror}.", "Check the path and the rights of the file."
        ) from error


def read_sheet(path: Path, content: bytes | None = None) -> Sheet:
    """Return the price list in the file.

    Args:
        path: the file.
        content: its content, if it has been read already.

    Raises:
        UnreadableFileError: the file is missing, empty, or not text.
    """
    raw = read_content(path) if content is None else content
    if not raw.strip():
        raise UnreadableFileError(f"{path} is empty.", "Export the price list again.")
    if raw.startswith(_WORKBOOKS):
        raise UnreadableFileError(f"{path} is an Excel workbook or an archive, not a text.", _AS_CSV)
    text, encoding = _decode(raw, path)
    if "\0" in text:
        raise UnreadableFileError(f"{path} is not a text: it holds NUL characters.", _AS_CSV)
    return Sheet(text, encoding, _find_delimiter(text))


def _decode(raw: bytes, path: Path) -> tuple[str, str]:
    """Return the text and the name of its encoding.

    UTF-8 is tried first: Cyrillic in cp1251 is almost never valid UTF-8. cp1251 is last, since nearly every file is
    valid in it.
    """
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if raw.startswith(mark)), "utf-8")
    try:
        return raw.decode(encoding), encoding.removesuffix("-sig")
    except UnicodeDecodeError as error:
        if encoding != "utf-8" or _is_damaged_utf8(raw):
            raise UnreadableFileError(
                f"{path} is {encoding} with damaged characters, the first at byte {error.start}.", _AS_CSV
            ) from error
    try:
        return raw.decode("cp1251"), "cp1251"
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{path} is neither UTF-8 nor cp1251.", _AS_CSV) from error


def _is_damaged_utf8(raw: bytes) -> bool:
    """Return whether most non-ASCII characters are valid UTF-8: in cp1251 such a text would be gibberish."""
    text = raw.decode("utf-8", "replace")
    return text.count("\N{REPLACEMENT CHARACTER}") * 10 < sum(not character.isascii() for character in text)


def _find_delimiter(text: str) -> str:
    """Return the delimiter that splits most of the first records into the same number of cells, with the most cells."""
    sample = text[:_SAMPLE_CHARACTERS]

    def evenness(delimiter: str) -> int:
        widths = Counter(len(record.cells) for record in islice(split_records(sample, delimiter), _SAMPLE_RECORDS))
        return max((records * (cells - 1) for cells, records in widths.items()), default=0)

    return max(_DELIMITERS, key=evenness)
