"""Records of comma-separated values, parsed so that a broken record does not affect its neighbours."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

_LONGEST_RECORD_LINES = 200
"""A record with more lines has an unclosed quotation mark."""


@dataclass(frozen=True)
class Record:
    """One record: its row number, as a spreadsheet counts, and its stripped cells.

    ``error`` says why the record is invalid; it is empty for a valid one.
    """

    number: int
    cells: list[str]
    error: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.error and not any(self.cells)


def split_records(text: str, delimiter: str) -> Iterator[Record]:
    """Yield the records of a text, blank ones too.

    An unclosed quotation mark would swallow the rest of the text. So the first line of a record with wrong quotes is
    the whole record, and parsing continues with the next line.
    """
    lines = list(io.StringIO(text, newline=""))
    line, number = 0, 0
    while line < len(lines):
        reader = csv.reader(islice(lines, line, None), delimiter=delimiter, strict=True)
        before = 0
        try:
            for cells in reader:
                if reader.line_num - before > _LONGEST_RECORD_LINES:
                    break
                number += 1
                yield Record(number, [cell.strip() for cell in cells])
                line, before = line + reader.line_num - before, reader.line_num
            else:
                return
        except csv.Error:
            pass  # the record is parsed as one line, below
        number += 1
        yield _read_alone(number, lines[line], delimiter)
        line += 1


def _read_alone(number: int, line: str, delimiter: str) -> Record:
    if line.count('"') % 2:
        return Record(number, [], "an unclosed quotation mark")
    if len(line) > csv.field_size_limit():
        return Record(number, [], "too long to be a row")
    return Record(number, [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))])
