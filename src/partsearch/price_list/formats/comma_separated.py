"""Comma-separated values, and the same with semicolons, tabs or bars."""

from collections.abc import Iterator
from pathlib import Path

from partsearch.contract.exported_list.formulas import original
from partsearch.contract.exported_list.part import REFERENCE_HEADER
from partsearch.price_list.errors import UnreadableFileError
from partsearch.price_list.formats.csv_records import evenness, read_records, usual_width
from partsearch.price_list.formats.encoding.find import encoding_name, find_encoding
from partsearch.price_list.formats.table import Record, Table

_DELIMITERS = (";", "\t", ",", "|")
_SAMPLE_CHARACTERS = 200_000


def read_csv(file: Path, path: Path, encoding: str | None, delimiter: str | None = None) -> list[Table]:
    """Return the table of a text file.

    Args:
        file: the text file.
        path: the name of the input, for messages.
        encoding: that the user has given.
        delimiter: that the user has given; absent, it is found.

    Raises:
        UnknownEncodingError, UnreadableFileError: see ``find_encoding``; or the delimiter is not one character.
    """
    if delimiter and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise UnreadableFileError(f"{delimiter!r} cannot be a delimiter.", "Give one character, such as ; or a tab.")
    codec = find_encoding(file, path, encoding)
    with file.open(encoding=codec, newline="") as stream:
        sample = stream.read(_SAMPLE_CHARACTERS)
    exported = _delimiter_of_exported(sample)
    separator = delimiter or exported or max(_DELIMITERS, key=lambda delimiter: evenness(sample, delimiter))
    width = usual_width(sample, separator)

    def records() -> Iterator[Record]:
        with file.open(encoding=codec, newline="") as stream:
            found = read_records(stream, separator, width)
            yield from map(_with_original_cells, found) if exported else found

    return [Table("", "csv", encoding_name(codec), separator, records)]


def _delimiter_of_exported(sample: str) -> str:
    """Return the delimiter of an exported list, whatever its cells have more of; empty for another list."""
    begins = sample.lstrip("\ufeff").replace('"', "", 2)
    following = begins.removeprefix(REFERENCE_HEADER)[:1] if begins.startswith(REFERENCE_HEADER) else ""
    return following if following in _DELIMITERS else ""


def _with_original_cells(record: Record) -> Record:
    """Return a record of an exported list without what keeps its cells from being run as formulas."""
    if any(cell.startswith("'") for cell in record.cells):
        return record._replace(cells=list(map(original, record.cells)))
    return record
