"""The dialect of a text with columns: the delimiter, and notations that differ from those of RFC 4180.

Such a notation is found in the first lines of the text, and each line is rewritten to the usual one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from partsearch.contract.exported_list.part import REFERENCE_HEADER
from partsearch.price_list.columns import MEANINGS, plain_header
from partsearch.price_list.formats.csv_records import evenness, first_lines, has_whole_cells, split_line
from partsearch.price_list.formats.fixed_width import find_columns
from partsearch.price_list.formats.limits import RECORD_CHARACTERS

Rewrite = Callable[[str], str]

_USUAL = (";", "\t", ",", "|")
_WITH_HEADER_ONLY = ("^", "~", "¦", "│", "║")
"""These are delimiters where they separate known headers; in other texts they are not."""

_FEWEST_TITLES = 2
_MOST = 0.8
_WRAPPED = re.compile(r'"((?:[^"]|"")*)"[;,]*')
_ESCAPE = re.compile(r'\\(["\\])')
_NOTE = re.compile(r"[,(].*", re.DOTALL)


@dataclass(frozen=True)
class Dialect:
    """A dialect.

    Attributes:
        delimiter: one character.
        is_exported: the text is an exported list of parts.
        rewrite: makes a line in the usual notation of a line; ``None`` where the text has it.
    """

    delimiter: str
    is_exported: bool = False
    rewrite: Rewrite | None = None


def find_dialect(sample: str, given: str | None = None) -> Dialect:
    """Return the dialect of a text.

    Args:
        sample: the first characters of the text.
        given: the delimiter, if it is known.
    """
    if exported := _delimiter_of_exported(sample):
        return Dialect(given or exported, is_exported=True)
    unwrapped = _rewritten(sample, _unwrapped) if _is_wrapped(sample) else ""
    if unwrapped and _most_titles(unwrapped, given)[0] >= _FEWEST_TITLES:
        return Dialect(_most_titles(unwrapped, given)[2], rewrite=_unwrapped)
    titles, _, delimiter = _most_titles(sample, given)
    if titles < _FEWEST_TITLES and given in (None, "\t") and (columns := find_columns(sample, _are_titles)):
        return Dialect("\t", rewrite=columns.rewrite)
    if titles < _FEWEST_TITLES:
        delimiter = given or max(_USUAL, key=lambda usual: evenness(sample, usual))
    return Dialect(delimiter, rewrite=_notation(sample, delimiter, titles))


def _most_titles(sample: str, given: str | None) -> tuple[int, int, str]:
    """Return how many known titles the best delimiter makes of a line, how even its rows are, and the delimiter."""
    delimiters = (given,) if given else (*_USUAL, *_WITH_HEADER_ONLY)
    lines = first_lines(sample)
    return max(
        (max((_titles(split_line(line, each)) for line in lines), default=0), evenness(sample, each), each)
        for each in delimiters
    )


def _titles(cells: list[str]) -> int:
    """Return how many different meanings the cells name as headers do."""
    found = {MEANINGS.get(plain_header(cell)) or MEANINGS.get(plain_header(_NOTE.sub("", cell))) for cell in cells}
    return len(found - {None})


def _are_titles(cells: list[str]) -> bool:
    return _titles(cells) >= _FEWEST_TITLES


def _delimiter_of_exported(sample: str) -> str:
    """Return the delimiter of an exported list, whatever its cells have more of; empty for another list."""
    begins = sample.lstrip("\ufeff").replace('"', "", 2)
    following = begins.removeprefix(REFERENCE_HEADER)[:1] if begins.startswith(REFERENCE_HEADER) else ""
    return following if following in _USUAL else ""


def _rewritten(sample: str, rewrite: Rewrite) -> str:
    return "".join(map(rewrite, first_lines(sample)))


def _notation(sample: str, delimiter: str, titles: int) -> Rewrite | None:
    """Return what makes the usual notation of that of the sample; ``None`` if it is the usual one."""
    lines = [line.rstrip("\r\n") for line in first_lines(sample) if line.strip()]
    end = re.escape(delimiter)
    if re.search(rf'(?:^|{end})"[^"\r\n]*\\"(?!\s*(?:{end}|$)|")', "\n".join(lines), re.MULTILINE):
        return _unescaped
    if titles >= _FEWEST_TITLES and all(line[0] == line[-1] == "'" and f"'{delimiter}'" in line for line in lines):
        single = re.compile(rf"'((?:[^']|'')*)'(?=(?:{end}|\s*$))")
        return lambda line: single.sub(_double_quoted, line)
    spaced = re.compile(rf'(?:(?<={end})|^) +(?=")|(?<=") +(?={end}|[\r\n]*$)')
    quoted = [line for line in lines if '"' in line]
    is_spaced = any(not has_whole_cells(line, delimiter) for line in quoted)
    if is_spaced and all(has_whole_cells(spaced.sub("", line), delimiter) for line in quoted):
        return lambda line: spaced.sub("", line)
    return None


def _is_wrapped(sample: str) -> bool:
    """Return whether nearly each line is one quoted cell, as a spreadsheet saves lines that it has not split."""
    lines = [line.strip() for line in first_lines(sample) if line.strip()]
    wrapped = sum(_WRAPPED.fullmatch(line) is not None for line in lines)
    return wrapped >= max(2, _MOST * len(lines))


def _unwrapped(line: str) -> str:
    text = line.rstrip("\r\n")
    found = _WRAPPED.fullmatch(text)
    return found[1].replace('""', '"') + line[len(text) :] if found else line


def _unescaped(line: str) -> str:
    """Return a line with doubled quotation marks instead of those after a backslash, as MySQL writes them."""
    return _ESCAPE.sub(lambda found: '""' if found[1] == '"' else "\\", line) if "\\" in line else line


def _double_quoted(found: re.Match[str]) -> str:
    text = found[1].replace("''", "'").replace('"', '""')
    return f'"{text}"'


class RewrittenLines:
    """A text stream whose lines are rewritten.

    Args:
        stream: opened with ``newline=""``.
        rewrite: takes a line with its end, and returns one.
    """

    def __init__(self, stream: TextIO, rewrite: Rewrite) -> None:
        self._stream = stream
        self._rewrite = rewrite

    def read(self, characters: int) -> str:
        """Return at least so many characters, in whole lines; fewer at the end."""
        lines: list[str] = []
        length = 0
        while length < characters and (line := self._stream.readline(RECORD_CHARACTERS)):
            lines.append(self._rewrite(line))
            length += len(line)
        return "".join(lines)
