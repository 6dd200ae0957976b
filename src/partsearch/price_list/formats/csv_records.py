"""Records of comma-separated values, parsed so that a broken record does not affect its neighbours."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Protocol

from partsearch.price_list.formats.limits import CELL_CHARACTERS, COLUMNS, RECORD_CHARACTERS
from partsearch.price_list.formats.table import Record

_LONGEST_RECORD_LINES = 200
"""A record with more lines has an unclosed quotation mark."""

_LINE_CHARACTERS = RECORD_CHARACTERS
_BLOCK_CHARACTERS = 64 * 1024
_LINE_END = re.compile(r"\n|\r(?=.)\n?", re.DOTALL)
_SAMPLE_LINES = 60


def usual_width(sample: str, delimiter: str) -> int:
    """Return the number of cells that most rows of the sample have; rows with more cells count more.

    A line with a quotation mark that encloses no cell does not count: it may be a part of a row. Where every line has
    one and the sample is no CSV, its quotation marks are inch signs and the like, and the lines count after all.
    """
    even = [line for line in first_lines(sample) if line.count('"') % 2 == 0]
    whole = [line for line in even if has_whole_cells(line, delimiter)]
    lines = whole or ([] if _is_strict_csv(sample, delimiter) else even)
    return max(_weighted_widths(lines, delimiter), key=lambda pair: pair[1], default=(1, 0))[0]


def evenness(sample: str, delimiter: str) -> int:
    """Return how well the delimiter splits the lines of the sample into the same number of cells."""
    return max((weight for _, weight in _weighted_widths(first_lines(sample), delimiter)), default=0)


def first_lines(sample: str) -> list[str]:
    """Return the first lines of a text, with their ends."""
    return list(islice(io.StringIO(sample, newline=""), _SAMPLE_LINES))


def _weighted_widths(lines: list[str], delimiter: str) -> list[tuple[int, int]]:
    widths = Counter(len(split_line(line, delimiter)) for line in lines)
    return [(cells, records * (cells - 1)) for cells, records in widths.items()]


class TextSource(Protocol):
    """What records are read from: a text stream, or something that rewrites one."""

    def read(self, characters: int, /) -> str:
        """Return the next characters; an empty text at the end."""


def read_records(stream: TextSource, delimiter: str, width: int) -> Iterator[Record]:
    """Yield the records of a text, blank ones too. The memory needed does not depend on the length of the text.

    A lone quotation mark, such as an inch sign, would swallow the lines up to the next one. So a record of several
    lines is believed only where its lines are not rows themselves; else each line is a record, with its quotation marks
    as they stand.

    Args:
        stream: opened with ``newline=""``.
        delimiter: one character.
        width: the number of cells that most records have; see ``usual_width``.
    """
    lines = _Lines(stream)
    number = 0
    while block := lines.take_block():
        rows = _plain_rows(block, delimiter)
        if rows is not None:
            for cells in rows:
                number += 1
                yield Record(number, cells) if len(cells) <= COLUMNS else _checked(number, cells)
            continue
        lines.give_back(list(io.StringIO(block, newline="")))
        while lines.has_some:
            number += 1
            yield _read_record(number, next(lines), lines, delimiter, width)


def _plain_rows(block: str, delimiter: str) -> list[list[str]] | None:
    """Return the rows of whole lines if each line is one record; ``None`` if they must be read one after the other."""
    if len(block) > CELL_CHARACTERS:
        return None
    if "\r" in block:
        block = block.replace("\r\n", "\n").replace("\r", "\n")
    lines = block.removesuffix("\n").split("\n")
    if '"' not in block:
        return [list(map(str.strip, line.split(delimiter))) if line else [] for line in lines]
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return [list(map(str.strip, cells)) for cells in rows] if len(rows) == len(lines) else None


def _read_record(number: int, line: str, lines: "_Lines", delimiter: str, width: int) -> Record:
    if len(line) > _LINE_CHARACTERS:
        return Record(number, [], "too long to be a row")
    if '"' not in line:
        return _checked(number, line.rstrip("\r\n").split(delimiter) if line.strip("\r\n") else [])
    return _read_quoted(number, line, lines, delimiter, width)


class _Lines:
    """The lines of a stream, one by one or in blocks. Lines that were read ahead can be given back.

    Of an overlong line the beginning is a block, and the rest is skipped.
    """

    def __init__(self, stream: TextSource) -> None:
        self._stream = stream
        self._rest = ""
        self._given_back: deque[str] = deque()

    @property
    def has_some(self) -> bool:
        """Return whether lines were given back, or were read ahead."""
        return bool(self._given_back)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self._given_back:
            self._given_back.extend(io.StringIO(self.take_block(), newline=""))
        if not self._given_back:
            raise StopIteration
        return self._given_back.popleft()

    def give_back(self, lines: list[str]) -> None:
        self._given_back.extendleft(reversed(lines))

    def take_block(self) -> str:
        """Return the next whole lines; empty at the end. No line may have been given back."""
        text, self._rest = self._rest, ""
        while more := self._stream.read(_BLOCK_CHARACTERS):
            text += more
            if end := _end_of_lines(text):
                self._rest = text[end:]
                return text[:end]
            if len(text) > _LINE_CHARACTERS:
                self._skip_line(text)
                return text[: _LINE_CHARACTERS + 1]
        return text

    def _skip_line(self, line: str) -> None:
        before = "\r" if line.endswith("\r") else ""
        while more := self._stream.read(_BLOCK_CHARACTERS):
            if found := _LINE_END.search(before + more):
                self._rest = (before + more)[found.end() :]
                return
            before = "\r" if more.endswith("\r") else ""


def _end_of_lines(text: str) -> int:
    """Return where the last line of a text ends; 0 if none does. A carriage return may be the half of a line end."""
    return text.rfind("\n") + 1 or text.rfind("\r", 0, -1) + 1


def _read_quoted(number: int, line: str, lines: _Lines, delimiter: str, width: int) -> Record:
    taken = [line]

    def read_on() -> Iterator[str]:
        yield line
        characters = len(line)
        for following in islice(lines, _LONGEST_RECORD_LINES - 1):
            taken.append(following)
            yield following
            characters += len(following)
            if characters > _LINE_CHARACTERS:
                return

    try:
        cells = next(csv.reader(read_on(), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        cells = None
    if cells is not None and not _are_rows(taken, len(cells), delimiter, width):
        return _checked(number, cells)
    lines.give_back(taken[1:])
    return _read_alone(number, line, delimiter, width)


def _are_rows(lines: list[str], joined_width: int, delimiter: str, width: int) -> bool:
    """Return whether the lines of one record by its quotation marks are rather records of their own."""
    if len(lines) == 1 or width == 1:
        return False
    alone = [len(split_line(line, delimiter)) for line in lines if line.strip()]
    usual = alone.count(width)
    is_row = alone[0] == width
    return is_row and (usual == len(alone) or (joined_width != width and usual * 2 > len(alone)))


def _read_alone(number: int, line: str, delimiter: str, width: int) -> Record:
    cells = split_line(line, delimiter)
    if line.count('"') % 2 and len(cells) != width:
        return Record(number, [], "an unclosed quotation mark")
    return _checked(number, cells)


def split_line(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line; a cell that its quotation marks do not enclose is taken as it stands."""
    line = line.rstrip("\r\n")
    if not line:
        return []
    if '"' not in line:
        return line.split(delimiter)
    found = _cell(delimiter).finditer(line)
    return [quoted[1].replace('""', '"') if quoted[1] is not None else quoted[2] for quoted in found]


@cache
def _cell(delimiter: str) -> re.Pattern[str]:
    end = re.escape(delimiter)
    return re.compile(rf'(?:^|(?<={end}))(?:"((?:[^"]|"")*)"(?={end}|$)|([^{end}]*))(?:{end}|$)')


def has_whole_cells(line: str, delimiter: str) -> bool:
    """Return whether each quotation mark of a line encloses a cell or is doubled within one."""
    return all(not found[2] or '"' not in found[2] for found in _cell(delimiter).finditer(line.rstrip("\r\n")))


def _is_strict_csv(sample: str, delimiter: str) -> bool:
    try:
        deque(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=True), maxlen=0)
    except csv.Error:
        return False
    return True


def _checked(number: int, cells: list[str]) -> Record:
    if len(cells) > COLUMNS:
        return Record(number, [], f"more than {COLUMNS:,} cells")
    if any(len(cell) > CELL_CHARACTERS for cell in cells):
        return Record(number, [], "too long to be a row")
    return Record(number, [cell.strip() for cell in cells])
