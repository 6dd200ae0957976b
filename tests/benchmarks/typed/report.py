"""The report: a page of Markdown with the goals, and the figures of each text, suggestion and facet."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from partsearch.bench.formatting import milliseconds, rounded
from tests.benchmarks.totals.record import Entry
from tests.benchmarks.totals.report.table import MILLISECONDS, ReportTable, median_range, ratio

_NAMES = {"fastapi": "FastAPI", "django": "Django"}
_MEGABYTE = 1_000_000
_ADDED, _ADDED_UNDER_LOAD, _SUGGESTION, _FACETS = 5.0, 15.0, 10.0, 3.0
_HEADINGS = ("what", "measured", "goal", "met")


def page(entries: Sequence[Entry]) -> str:
    """Return the report as Markdown."""
    return "\n".join(_page(entries))


def _page(entries: Sequence[Entry]) -> Iterator[str]:
    yield "# What people type, measured\n"
    yield "Made by `python -m tests.benchmarks.typed`. All figures of a table are of one run.\n"
    for entry in entries:
        yield f"# {entry.catalog}, {entry.step}\n"
        yield from (f"- **Warning:** {warning}\n" for warning in entry.warnings)
        yield from (f"{table.markdown()}\n" for table in _TABLES[entry.step](entry.measured))


def _row(what: str, value: float, goal: float | None) -> list[str]:
    if goal is None:
        return [what, rounded(value), "—", "—"]
    return [what, rounded(value), f"at most {goal:g}", "yes" if value <= goal else "**no**"]


def differences(figures: dict[str, Any]) -> list[float]:
    """Return what each search with ``q`` took longer than the one without beside it, in seconds."""
    return [with_q - without for with_q, without in zip(figures["with"], figures["without"], strict=True)]


def _added(measured: dict[str, Any]) -> Iterator[ReportTable]:
    goals = ReportTable("Added time of q, one client", _HEADINGS, note="Milliseconds.")
    for service, texts in measured.items():
        of_texts = {kind: median(differences(figures)) * 1000 for kind, figures in texts.items()}
        goals.rows.append(_row(f"{_NAMES[service]}, median of the texts", median(of_texts.values()), _ADDED))
        worst = max(of_texts, key=lambda kind: of_texts[kind])
        goals.rows.append(_row(f"{_NAMES[service]}, the most: {worst}", of_texts[worst], None))
    yield goals
    for service, texts in measured.items():
        table = ReportTable(
            f"{_NAMES[service]}, each text", ("text", "matches", "with `q`", "without", "added"), note=MILLISECONDS
        )
        for kind, figures in texts.items():
            cells = (median_range(figures["with"]), median_range(figures["without"]))
            difference = milliseconds(median(differences(figures)))
            table.rows.append([f"{kind}: {figures['q']}", f"{figures['count']:,}", *cells, difference])
        yield table


def _added_under_load(measured: dict[str, Any]) -> Iterator[ReportTable]:
    table = ReportTable(
        "Added time of q, eight clients", _HEADINGS, note="Milliseconds: p99 of all texts, less that without `q`."
    )
    for service, found in measured.items():
        value = (found["with"]["p99"] - found["without"]["p99"]) * 1000
        table.rows.append(_row(f"{_NAMES[service]}, p99 added", value, _ADDED_UNDER_LOAD))
        for kind, figures in found.items():
            table.rows.append(_row(f"{_NAMES[service]}, p99 {kind}", figures["p99"] * 1000, None))
            table.rows.append(_row(f"{_NAMES[service]}, p50 {kind}", figures["p50"] * 1000, None))
            if figures["failed"]:
                table.rows.append(_row(f"{_NAMES[service]}, failed {kind}", figures["failed"], 0))
    yield table


def _suggestions(measured: dict[str, Any]) -> Iterator[ReportTable]:
    table = ReportTable("Suggestions, p99", _HEADINGS, note="Milliseconds.")
    for service, by_clients in measured.items():
        for clients, by_length in by_clients.items():
            for length, figures in by_length.items():
                what = f"{_NAMES[service]}, {clients} client{'s' if clients != '1' else ''}, {length}"
                table.rows.append(_row(what, figures["p99"] * 1000, _SUGGESTION))
                if figures["failed"]:
                    table.rows.append(_row(f"{what}, failed", figures["failed"], 0))
    yield table


def _facets(measured: dict[str, Any]) -> Iterator[ReportTable]:
    table = ReportTable(
        "Five facets, times the search alone", (*_HEADINGS, "with facets", "alone"), note="In brackets milliseconds."
    )
    for service, searches in measured.items():
        for name, figures in searches.items():
            row = _row(f"{_NAMES[service]}, {name}", ratio(figures["with"], figures["without"]), _FACETS)
            table.rows.append([*row, median_range(figures["with"]), median_range(figures["without"])])
    yield table


def _dictionary(measured: dict[str, Any]) -> Iterator[ReportTable]:
    table = ReportTable("The first search with q", ("what", "measured"))
    for service, found in measured.items():
        table.rows.extend(
            [
                [f"{_NAMES[service]}, largest process before, MB", rounded(found["before"] / _MEGABYTE)],
                [f"{_NAMES[service]}, largest process after, MB", rounded(found["after"] / _MEGABYTE)],
                [f"{_NAMES[service]}, first answer, seconds", rounded(found["first answer"])],
                [f"{_NAMES[service]}, all processes correct after, seconds", rounded(found["corrects after"])],
            ]
        )
    yield table


_TABLES = {
    "dictionary": _dictionary,
    "one client": _added,
    "eight clients": _added_under_load,
    "suggestions": _suggestions,
    "facets": _facets,
}
STEPS = tuple(_TABLES)
"""The steps in their order: the dictionary comes first, before any search with ``q``."""
