"""Tables whose columns are aligned by spaces, as reports printed to a text file are."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from partsearch.price_list.formats.limits import COLUMNS

_MOST = 0.95
_HEADER_WITHIN = 60
_FEWEST_ROWS = 2
_TITLE = re.compile(r"\S+(?: \S+)*")
_GAP = re.compile(r" {2,}")
_RULE = re.compile(r"[-=_+|─═ ]*")
_LONGEST = 2_000


@dataclass(frozen=True)
class FixedColumns:
    """Where the columns of a text start."""

    starts: tuple[int, ...]

    def rewrite(self, line: str) -> str:
        """Return a line with tabs between its cells.

        A line that does not keep to the columns becomes a row with too many cells, so that it is rejected, unless it is
        one text.
        """
        text = line.rstrip("\r\n")
        end = line[len(text) :]
        if _RULE.fullmatch(text):
            return end
        if any(" " not in text[start - 1 : start + 1] for start in self.starts[1:] if start < len(text)):
            is_one_text = len(_GAP.split(text.strip())) == 1
            return (text.strip() if is_one_text else "\t" * len(self.starts) + text.strip()) + end
        ends = (*self.starts[1:], None)
        return "\t".join(text[start:stop].strip() for start, stop in zip(self.starts, ends, strict=True)) + end


def find_columns(sample: str, are_titles: Callable[[list[str]], bool]) -> FixedColumns | None:
    """Return the columns of a text below a header whose titles are two or more spaces apart; ``None`` if it has none.

    Args:
        sample: the first characters of the text.
        are_titles: returns whether cells are known headers.
    """
    if "\t" in sample:
        return None
    lines = sample[: sample.rfind("\n") + 1 or None].splitlines()
    number = next(
        (index for index, line in enumerate(lines[:_HEADER_WITHIN]) if are_titles(_GAP.split(line.strip()))), None
    )
    if number is None:
        return None
    header = lines[number]
    rows = [line for line in lines[number + 1 :] if not _RULE.fullmatch(line) and _GAP.search(line.strip())]
    if len(rows) < _FEWEST_ROWS or max(map(len, (header, *rows))) > _LONGEST:
        return None
    starts = _starts([header, *rows], header)
    return FixedColumns(starts) if starts and len(starts) <= COLUMNS else None


def _starts(lines: Sequence[str], header: str) -> tuple[int, ...]:
    """Return where the columns start: after the widest gap between two titles. Empty if there is no gap somewhere."""
    filled: Counter[int] = Counter()
    for line in lines:
        filled.update(index for index, character in enumerate(line) if character != " ")
    most = (1 - _MOST) * len(lines)
    titles = [(found.start(), found.end()) for found in _TITLE.finditer(header)]
    starts = [0]
    for (_, end), (following, _) in pairwise(titles):
        gaps = _gap_ends(end, following, lambda index: filled[index] <= most)
        if not gaps:
            return ()
        starts.append(max(gaps)[1])
    return tuple(starts)


def _gap_ends(start: int, stop: int, is_gap: Callable[[int], bool]) -> list[tuple[int, int]]:
    """Return the width and the end of each gap between two places."""
    found, width = [], 0
    for index in range(start, stop + 1):
        if index < stop and is_gap(index):
            width += 1
        elif width:
            found.append((width, index))
            width = 0
    return found
