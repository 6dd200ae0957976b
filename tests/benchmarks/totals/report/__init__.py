"""The report of a record: a page of Markdown with the tables, and the growth curves beside it."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from partsearch.bench.report.charts.files import write_charts
from partsearch.system.atomic_file import replace_file
from tests.benchmarks.totals.record import Entry
from tests.benchmarks.totals.report.growth import growth_charts
from tests.benchmarks.totals.report.searches import search_tables
from tests.benchmarks.totals.report.services import service_tables
from tests.benchmarks.totals.report.summary import summary_tables
from tests.benchmarks.totals.report.table import ReportTable
from tests.benchmarks.totals.report.writes import write_tables

_COMMAND = "python -m tests.benchmarks.totals"


def write_report(entries: list[Entry], file: Path) -> str:
    """Write the page and its charts, and return the text of the page."""
    text = "\n".join(_page(entries, file))
    replace_file(file, text)
    return text


def report_tables(entries: list[Entry]) -> Iterator[ReportTable]:
    """Yield all tables of a record."""
    yield from chain(service_tables(entries), summary_tables(entries), write_tables(entries), search_tables(entries))


def _page(entries: list[Entry], file: Path) -> Iterator[str]:
    yield "# Exact totals, measured\n"
    yield f"Made by `{_COMMAND}`. A ratio is between figures of one step, but for p99 by catalog.\n"
    for entry in entries:
        yield from (f"- **{entry.catalog}, {entry.step}:** {warning}" for warning in entry.warnings)
    yield ""
    for table in report_tables(entries):
        yield f"{table.markdown()}\n"
    charts = list(growth_charts(entries))
    if charts:
        folder = write_charts(charts, file)
        yield "## Growth\n"
        yield from (f"![{chart.title}: {chart.caption}]({folder.name}/{chart.name}.svg)\n" for chart in charts)
    yield from _machine(entries)


def _machine(entries: list[Entry]) -> Iterator[str]:
    if not entries:
        return
    facts = max(entries, key=lambda entry: entry.at).machine
    yield "## Machine\n"
    versions = ", ".join(f"{name} {version}" for name, version in facts.get("versions", {}).items())
    settings = ", ".join(f"{name} {value}" for name, value in facts.get("database_settings", {}).items())
    yield f"{facts.get('cpu')}, {facts.get('cores')} cores, {facts.get('memory_bytes', 0) / 2**30:.0f} GiB. {versions}."
    yield f"PostgreSQL: {settings}. Commit {facts.get('commit')}.\n"
