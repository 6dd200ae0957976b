"""The tables with a row for each search: services, ways and engines."""

from collections.abc import Iterator
from typing import Any

from partsearch.bench.formatting import rounded
from tests.benchmarks.totals.record import Entry
from tests.benchmarks.totals.report.services import single_searches
from tests.benchmarks.totals.report.table import MILLISECONDS, ReportTable, median_range, ratio


def search_tables(entries: list[Entry]) -> Iterator[ReportTable]:
    """Yield a table for each catalog and step that measures each search."""
    for entry in entries:
        if entry.step == "ways":
            for mix, searches in entry.measured.items():
                yield _ways(f"{mix.capitalize()} on one connection: {entry.catalog}", searches)
        if entry.step == "searches":
            yield single_searches(entry)
        if entry.step == "engines":
            for name, engine in entry.measured.items():
                yield _engine(f"{name} {engine['version']}: {entry.catalog}", engine["searches"])


def _ways(title: str, searches: dict[str, Any]) -> ReportTable:
    headings = ("search", "matches", "reading the parts", "planes", "chosen", "choice", "times faster")
    rows = [
        [
            name,
            f"{found['count']:,}",
            median_range(found["parts"]),
            median_range(found.get("planes", [])),
            median_range(found["chosen"]),
            found["way"],
            rounded(ratio(found["parts"], found["chosen"])),
        ]
        for name, found in searches.items()
    ]
    note = f"{MILLISECONDS} Times faster: the chosen way than reading the parts."
    return ReportTable(title, headings, rows, note)


def _engine(title: str, searches: dict[str, Any]) -> ReportTable:
    rows = [
        [
            name,
            median_range(found["ours"]),
            median_range(found["engine"]),
            rounded(ratio(found["engine"], found["ours"])),
        ]
        for name, found in searches.items()
    ]
    return ReportTable(title, ("search", "partsearch", "engine", "engine by partsearch"), rows, MILLISECONDS)
