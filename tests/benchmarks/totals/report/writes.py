"""The tables of the steps that write."""

from collections.abc import Iterator
from statistics import median

from partsearch.bench.formatting import milliseconds, rounded
from tests.benchmarks.totals.record import Entry
from tests.benchmarks.totals.report.table import ReportTable, rate_range, ratio


def write_tables(entries: list[Entry]) -> Iterator[ReportTable]:
    """Yield the tables of the inserts and of the bulk loads, as far as they were measured."""
    inserts = [_inserts(entry) for entry in entries if entry.step == "writes"]
    if inserts:
        headings = ("catalog", "without totals", "with totals", "ratio", "seconds until folded")
        yield ReportTable("Inserts a second by four writers", headings, inserts)
    loads = [_load(entry) for entry in entries if entry.step == "bulk"]
    if loads:
        columns = (
            *("catalog, rows", "without totals, s", "with totals, s", "ratio"),
            *("p99 without a load, ms", "p99 during one, ms", "ratio", "seconds until folded"),
        )
        yield ReportTable("A bulk load", columns, loads)


def _inserts(entry: Entry) -> list[str]:
    rates, folds = entry.measured["rates"], entry.measured["folds"]
    return [
        entry.catalog,
        rate_range(rates["without"]),
        rate_range(rates["with"]),
        rounded(ratio(rates["with"], rates["without"])),
        ", ".join(f"{rounded(fold['seconds'])} ({fold['changes']:,} inserts)" for fold in folds),
    ]


def _load(entry: Entry) -> list[str]:
    seconds, searches = entry.measured["seconds"], entry.measured["searches"]
    without, during = (searches[name]["p99"] for name in ("without", "during"))
    return [
        f"{entry.catalog}, {entry.measured['rows']:,}",
        rounded(median(seconds["without"])),
        rounded(median(seconds["with"])),
        rounded(ratio(seconds["with"], seconds["without"])),
        milliseconds(median(without)),
        milliseconds(median(during)),
        rounded(ratio(during, without)),
        rounded(entry.measured["fold seconds"]),
    ]
