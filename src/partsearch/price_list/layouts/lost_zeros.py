"""Numbers of parts whose zeros at the beginning a spreadsheet may have removed.

One cell cannot show it: ``789`` is a number of its own. A column whose numbers mostly have one width and begin with
zeros shows that shorter ones without a zero have lost some. The numbers stay as they are: the report names them.
"""

import re
from collections import Counter
from collections.abc import Iterator

from partsearch.price_list.layouts.layout import Column, LayoutWarning, WarningKind

_DIGITS = re.compile("[0-9]{2,30}")
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eEеЕ]\+[0-9]{1,3}")
_FEWEST_WITH_ZEROS = 2
_MOST_NAMED = 5


class LostZeroVotes:
    """Counts, number by number, the widths of a column of part numbers."""

    def __init__(self) -> None:
        self._with_zero: Counter[int] = Counter()
        self._without: Counter[int] = Counter()
        self._first: dict[int, list[str]] = {}
        self._rounded = 0

    def add(self, row: int, text: str) -> None:
        """Count a cell; only one with nothing but digits says something."""
        if not _DIGITS.fullmatch(text):
            self._rounded += _SCIENTIFIC.fullmatch(text) is not None
            return
        width = len(text)
        if text[0] == "0":
            self._with_zero[width] += 1
            return
        self._without[width] += 1
        first = self._first.setdefault(width, [])
        if len(first) < _MOST_NAMED:
            first.append(f"row {row} ({text})")

    def warnings(self, column: Column) -> Iterator[LayoutWarning]:
        """Yield what the column shows."""
        header = column.header or f"column {column.index + 1}"
        if self._rounded:
            detail = f"{header} has {self._rounded:,} numbers that a spreadsheet has rounded, such as 7,7E+11"
            yield LayoutWarning(WarningKind.LOST_ZEROS, f"{detail}: it has removed zeros too, if there were any")
        if not self._with_zero:
            return
        width, with_zero = self._with_zero.most_common(1)[0]
        everything = self._with_zero.total() + self._without.total()
        usual = with_zero + self._without[width]
        shorter = sum(count for other, count in self._without.items() if other < width)
        if with_zero < _FEWEST_WITH_ZEROS or not shorter or 2 * usual <= everything:
            return
        named = [row for other in sorted(self._first) if other < width for row in self._first[other]][:_MOST_NAMED]
        detail = f"{header} has {usual:,} numbers of {width} digits, and {shorter:,} shorter ones without a zero"
        yield LayoutWarning(WarningKind.LOST_ZEROS, f"{detail}: {', '.join(named)}")
