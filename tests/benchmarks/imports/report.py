"""The report: a page of Markdown with the goals, the rounds, and the searches."""

from collections.abc import Iterator
from statistics import median
from typing import Any

from partsearch.bench.formatting import milliseconds, rounded
from tests.benchmarks.imports.loads import CHANGED, COPY, FIRST, STEPS, UNCHANGED
from tests.benchmarks.imports.record import Record
from tests.benchmarks.imports.searches import WITHOUT, ratio_to
from tests.benchmarks.totals.report.table import ReportTable, median_range

_MEGABYTE = 1_000_000
_GOALS = {FIRST: 3.0, UNCHANGED: 0.5, CHANGED: 0.7}
_MEMORY_GOAL = 500
_SEARCH_GOAL = 1.5
_SERVICES = {"fastapi": "FastAPI", "django": "Django"}
_TITLES = {
    FIRST: "First import",
    COPY: "`COPY` of the same rows",
    UNCHANGED: "The same list again",
    CHANGED: "1 % of the rows changed",
}


def page(record: Record) -> str:
    """Return the report as Markdown."""
    return "\n".join(_page(record))


def _page(record: Record) -> Iterator[str]:
    yield f"# Imports, measured with {record.rows:,} rows\n"
    yield "Made by `python -m tests.benchmarks.imports`. All ratios are between figures of this run.\n"
    yield from (f"- **Warning:** {warning}" for warning in record.warnings)
    yield from (f"- **Not measured:** {error}" for error in record.errors)
    yield ""
    for table in (_goals(record), _rounds(record), _searches(record)):
        if table.rows:
            yield f"{table.markdown()}\n"
    yield from _machine(record)


def _goals(record: Record) -> ReportTable:
    table = ReportTable("Goals", ("what", "measured", "goal", "met"))
    for step, goal in _GOALS.items():
        if ratios := _ratios(record, step):
            table.rows.append([f"{_TITLES[step]}, times the `COPY`", *_ratio_cells(ratios, goal)])
    if peaks := _peaks(record):
        table.rows.append(
            ["Resident memory of the import at most, MB", *_goal_cells(max(peaks) / _MEGABYTE, _MEMORY_GOAL)]
        )
    for position, entry in enumerate(record.searches):
        for service, figures in entry["services"].items() if entry["name"] != WITHOUT else ():
            ratio = ratio_to(_bases(record, position, service), figures)
            goal = None if "export" in entry["name"] else _SEARCH_GOAL
            what = f"p99 of searches with {_SERVICES[service]} during {entry['name']}, times that without"
            table.rows.append([what, *_goal_cells(ratio, goal)])
    return table


def _ratio_cells(ratios: list[float], goal: float) -> list[str]:
    value, *rest = _goal_cells(median(ratios), goal)
    return [f"{value} ({rounded(min(ratios))} to {rounded(max(ratios))})" if len(ratios) > 1 else value, *rest]


def _goal_cells(value: float, goal: float | None) -> list[str]:
    if goal is None:
        return [rounded(value), "—", "—"]
    return [rounded(value), f"at most {goal:g}", "yes" if value <= goal else "**no**"]


def _ratios(record: Record, step: str) -> list[float]:
    """Return the ratios of the rounds that have both."""
    return [found[step]["seconds"] / found[COPY]["seconds"] for found in record.rounds if {step, COPY} <= found.keys()]


def _peaks(record: Record) -> list[int]:
    return [figures["memory"] for found in record.rounds for figures in found.values() if "memory" in figures]


def _bases(record: Record, position: int, service: str) -> list[dict[str, Any]]:
    """Return the figures without anything else, before a measurement and after it."""
    before = [entry for entry in record.searches[:position] if entry["name"] == WITHOUT][-1:]
    after = [entry for entry in record.searches[position:] if entry["name"] == WITHOUT][:1]
    return [entry["services"][service] for entry in (*before, *after)]


def _rounds(record: Record) -> ReportTable:
    note = "Seconds, from the start of the command to its end: the median and the range of the rounds."
    table = ReportTable("Imports", ("step", "seconds", "rows a second", "of `COPY`", "memory, MB"), note=note)
    for step in STEPS:
        found = [figures[step] for figures in record.rounds if step in figures]
        if not found:
            continue
        seconds = [figures["seconds"] for figures in found]
        spread = f" ({rounded(min(seconds))} to {rounded(max(seconds))})" if len(seconds) > 1 else ""
        memory = [figures["memory"] / _MEGABYTE for figures in found if "memory" in figures]
        ratios = _ratios(record, step)
        table.rows.append(
            [
                _TITLES[step],
                f"{rounded(median(seconds))}{spread}",
                f"{record.rows / median(seconds):,.0f}",
                rounded(median(ratios)) if ratios else "—",
                rounded(max(memory)) if memory else "—",
            ]
        )
    return table


def _searches(record: Record) -> ReportTable:
    note = "Milliseconds over all windows together. In brackets: p99 of the windows, the median and the range."
    headings = ("searches", "searches", "p50", "p99", "p99 of windows", "searches a second", "failed", "left out")
    table = ReportTable("Searches by eight clients", ("during", *headings[1:]), note=note)
    for entry in record.searches:
        for service, figures in entry["services"].items():
            table.rows.append(
                [
                    f"{_SERVICES[service]}, {entry['name']}",
                    f"{figures['searches']:,}",
                    milliseconds(figures["together"]["p50"]),
                    milliseconds(figures["together"]["p99"]),
                    median_range(figures["p99"]),
                    rounded(median(figures["rates"])),
                    str(figures["failed"]),
                    str(figures["left out"]),
                ]
            )
    return table


def _machine(record: Record) -> Iterator[str]:
    facts = record.machine
    if not facts:
        return
    versions = ", ".join(f"{name} {version}" for name, version in facts.get("versions", {}).items())
    settings = ", ".join(f"{name} {value}" for name, value in facts.get("database_settings", {}).items())
    yield "## Machine\n"
    yield f"{facts.get('cpu')}, {facts.get('cores')} cores, {facts.get('memory_bytes', 0) / 2**30:.0f} GiB. {versions}."
    yield f"PostgreSQL: {settings}. Commit {facts.get('commit')}. The run took {record.seconds / 60:.0f} minutes."
