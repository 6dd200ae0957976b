"""The tables of both services over HTTP: a row for each catalog and service, then a row for each search."""

from collections.abc import Iterator
from statistics import median

from partsearch.bench.formatting import milliseconds, rounded
from tests.benchmarks.totals.record import Entry
from tests.benchmarks.totals.report.table import MILLISECONDS, ReportTable, median_range, rate_range, ratio

_NAMES = {"fastapi": "FastAPI", "django": "Django"}


def service_tables(entries: list[Entry]) -> Iterator[ReportTable]:
    """Yield the tables, if the services were measured."""
    measured = [entry for entry in entries if entry.step == "searches"]
    if measured:
        headings = (
            *("catalog, service", "median search, ms", "slowest search, ms", "by FastAPI, most"),
            *("p99 of 8 clients, ms", "by that of the smallest catalog", "usual mix, searches/s", "failed"),
        )
        rows = [_row(entry, service, measured) for entry in measured for service in _NAMES]
        note = "One client and eight: the mix. Searches a second: the usual mix by 100 connections."
        yield ReportTable("Both services over HTTP", headings, rows, note)


def single_searches(entry: Entry) -> ReportTable:
    """Return the table of each search by one client."""
    rows = [
        [
            name,
            median_range(found["fastapi"]),
            median_range(found["django"]),
            rounded(ratio(found["django"], found["fastapi"])),
            ", ".join(str(status) for status in sorted(set(found["statuses"].values()))),
        ]
        for name, found in entry.measured["one client"].items()
    ]
    headings = ("search", "FastAPI", "Django", "Django by FastAPI", "status")
    return ReportTable(f"One client over HTTP: {entry.catalog}", headings, rows, MILLISECONDS)


def _row(entry: Entry, service: str, measured: list[Entry]) -> list[str]:
    searches = entry.measured["one client"]
    single = {name: median(found[service]) for name, found in searches.items()}
    slowest = max(single, key=single.__getitem__)
    smallest = min((other for other in measured if other.shape == entry.shape), key=lambda other: other.parts)
    p99, base = (median(each.measured["eight clients"][service]["p99"]) for each in (entry, smallest))
    eight, usual = (entry.measured[load][service] for load in ("eight clients", "usual mix"))
    return [
        f"{entry.catalog}, {_NAMES[service]}",
        milliseconds(median(single.values())),
        f"{milliseconds(single[slowest])}: {slowest}",
        rounded(max(ratio(found[service], found["fastapi"]) for found in searches.values())),
        milliseconds(p99),
        rounded(p99 / base),
        rate_range(usual["rates"]),
        str(eight["failed"] + usual["failed"]),
    ]
