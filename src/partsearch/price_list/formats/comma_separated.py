"""Comma-separated values, and the same with other delimiters or with columns aligned by spaces."""

from collections.abc import Iterator
from pathlib import Path

from partsearch.contract.exported_list.formulas import original
from partsearch.price_list.errors import UnreadableFileError
from partsearch.price_list.formats.csv_dialect import RewrittenLines, find_dialect
from partsearch.price_list.formats.csv_records import first_lines, read_records, usual_width
from partsearch.price_list.formats.encoding.find import encoding_name, find_encoding
from partsearch.price_list.formats.table import Record, Table

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
    dialect = find_dialect(sample, delimiter)
    rewrite = dialect.rewrite
    width = usual_width("".join(map(rewrite, first_lines(sample))) if rewrite else sample, dialect.delimiter)

    def records() -> Iterator[Record]:
        with file.open(encoding=codec, newline="") as stream:
            lines = RewrittenLines(stream, rewrite) if rewrite else stream
            found = read_records(lines, dialect.delimiter, width)
            yield from map(_with_original_cells, found) if dialect.is_exported else found

    return [Table("", "csv", encoding_name(codec), dialect.delimiter, records)]


def _with_original_cells(record: Record) -> Record:
    """Return a record of an exported list without what keeps its cells from being run as formulas."""
    if any(cell.startswith("'") for cell in record.cells):
        return record._replace(cells=list(map(original, record.cells)))
    return record
