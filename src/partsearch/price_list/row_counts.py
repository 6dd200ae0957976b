"""What becomes of the rows of a list, counted in bounded memory whatever its size."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from partsearch.catalog.names import name_key
from partsearch.price_list.layouts.rows import RowKind
from partsearch.price_list.validate import RejectedRow, RowWarning, SkippedRow, ValidRow

EXAMPLES = 8
"""How many rows of each reason are kept with their texts."""

FIRST_REJECTED = 100
"""How many rejected rows are kept, for programs."""

OTHER_REASONS = "another reason"
"""The reason of rows beyond the largest number of different reasons."""

_MOST_REASONS = 100
_MOST_SPELLINGS = 5_000
_LONGEST_DETAIL = 60


@dataclass
class CountedRows:
    """Rows that have something in common: how many, and the first ones as their number and a text."""

    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, detail: str = "") -> None:
        """Count one row."""
        self.count += 1
        if len(self.first) < EXAMPLES:
            self.first.append((number, _shortened(detail)))


class RowCounts:
    """Counts the rows below the header. Every row is counted once: as usable, as rejected, or as skipped.

    Attributes:
        usable: the number of valid rows.
        rejected: the rejected rows by reason.
        skipped: the rows that are no goods, by kind.
        left_out: the usable rows without a property that cannot be read, by the key of the property.
        warnings: the usable rows that a person should look at, by kind.
        first_rejected: the first rejected rows, without their cells.
    """

    def __init__(self) -> None:
        self.usable = 0
        self.rejected: dict[str, CountedRows] = {}
        self.skipped: dict[RowKind, CountedRows] = {}
        self.left_out: dict[str, CountedRows] = {}
        self.warnings: dict[RowWarning, CountedRows] = {}
        self.first_rejected: list[RejectedRow] = []
        self._marks: Counter[str] = Counter()

    def add(self, row: ValidRow | RejectedRow | SkippedRow) -> None:
        """Count one row."""
        if isinstance(row, ValidRow):
            self._add_valid(row)
        elif isinstance(row, RejectedRow):
            self._add_rejected(row)
        else:
            self.skipped.setdefault(row.kind, CountedRows()).add(row.number)

    def reject_usable(self, row: RejectedRow) -> None:
        """Count a row as rejected that was counted as usable, because it repeats an earlier one."""
        self.usable -= 1
        self._add_rejected(row)

    @property
    def read(self) -> int:
        """Return the number of rows."""
        return self.usable + self.rejected_count + self.skipped_count

    @property
    def rejected_count(self) -> int:
        """Return the number of rejected rows."""
        return sum(rows.count for rows in self.rejected.values())

    @property
    def skipped_count(self) -> int:
        """Return the number of rows that are no goods."""
        return sum(rows.count for rows in self.skipped.values())

    def skipped_of(self, kind: RowKind) -> int:
        """Return the number of rows of one kind that are no goods."""
        return self.skipped[kind].count if kind in self.skipped else 0

    def reasons(self) -> list[tuple[str, CountedRows]]:
        """Return the rejected rows by reason, the most frequent reason first."""
        return sorted(self.rejected.items(), key=lambda item: -item[1].count)

    def spellings(self) -> list[list[tuple[str, int]]]:
        """Return the marks that are written in several ways, each with its spellings and their numbers of rows."""
        by_key: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for mark, count in self._marks.most_common():
            by_key[name_key(mark)].append((mark, count))
        return [spellings for spellings in by_key.values() if len(spellings) > 1]

    def _add_valid(self, row: ValidRow) -> None:
        self.usable += 1
        if row.mark in self._marks or len(self._marks) < _MOST_SPELLINGS:
            self._marks[row.mark] += 1
        for left_out in row.left_out:
            self.left_out.setdefault(left_out.key, CountedRows()).add(row.number, left_out.text)
        for kind, text in row.warnings:
            self.warnings.setdefault(kind, CountedRows()).add(row.number, text)

    def _add_rejected(self, row: RejectedRow) -> None:
        is_counted_by_reason = row.reason in self.rejected or len(self.rejected) < _MOST_REASONS
        reason = row.reason if is_counted_by_reason else OTHER_REASONS
        self.rejected.setdefault(reason, CountedRows()).add(row.number, row.detail)
        if len(self.first_rejected) < FIRST_REJECTED:
            self.first_rejected.append(RejectedRow(row.number, row.reason, _shortened(row.detail)))


def describe_rows(rows: CountedRows) -> Sequence[str]:
    """Return the first rows for people: ``5``, ``6 (дорого)``."""
    return [f"{number} ({detail})" if detail else str(number) for number, detail in rows.first]


def _shortened(text: str) -> str:
    plain = " ".join(text[: 2 * _LONGEST_DETAIL].split())
    return plain if len(plain) <= _LONGEST_DETAIL else f"{plain[: _LONGEST_DETAIL - 1]}…"
