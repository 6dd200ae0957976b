"""Records of comma-separated values, where a broken one does not take its neighbours along."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

_LONGEST_RECORD_LINES = 200
"""A record of more lines has a quotation mark that was never closed."""


@dataclass(frozen=True)
class Record:
    """One record: its number in the file, as a spreadsheet counts rows, and its cells without white space around.

    ``fault`` says why the cells cannot be trusted, and is empty where they can.
    """

    number: int
    cells: list[str]
    fault: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.fault and not any(self.cells)


def split_records(text: str, delimiter: str) -> Iterator[Record]:
    """The records of a text, blank ones too.

    An opening quotation mark that is never closed would swallow all that follows. So where the quotes of a record are
    wrong, its first line is taken for the whole record, and reading goes on with the next line.
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
            pass  # the record is read alone, below
        number += 1
        yield _read_alone(number, lines[line], delimiter)
        line += 1


def _read_alone(number: int, line: str, delimiter: str) -> Record:
    if line.count('"') % 2:
        return Record(number, [], "a quotation mark without its partner")
    if len(line) > csv.field_size_limit():
        return Record(number, [], "too long to be a row")
    return Record(number, [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))])
