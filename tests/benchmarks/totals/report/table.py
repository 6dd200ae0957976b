"""A table of the report, and how durations and ratios are written in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from partsearch.bench.formatting import milliseconds, rounded

MILLISECONDS = "Milliseconds: the median and the range."


@dataclass(frozen=True)
class ReportTable:
    """A table.

    Attributes:
        title: its heading.
        headings: of its columns; the first column has names, the others have figures.
        rows: the cells.
        note: what the figures are.
    """

    title: str
    headings: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)
    note: str = ""

    def markdown(self) -> str:
        """Return the table with its heading as Markdown."""
        rule = ["---", *("---:" for _ in self.headings[1:])]
        lines = [f"| {' | '.join(row)} |" for row in (self.headings, rule, *self.rows)]
        return "\n\n".join(filter(None, (f"## {self.title}", self.note, "\n".join(lines))))


def median_range(seconds: Sequence[float]) -> str:
    """Return the median and the range in milliseconds: ``3.1 (2.9 to 4)``."""
    if not seconds:
        return "—"
    return f"{milliseconds(median(seconds))} ({milliseconds(min(seconds))} to {milliseconds(max(seconds))})"


def rate_range(rates: Sequence[float]) -> str:
    """Return the median and the range of rates."""
    return f"{rounded(median(rates))} ({rounded(min(rates))} to {rounded(max(rates))})"


def ratio(values: Sequence[float], base: Sequence[float]) -> float:
    """Return the ratio of two medians."""
    return median(values) / median(base)
