"""The report of a run as one HTML file that loads nothing else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from partsearch.bench.analysis.comparison import main_scenario, noise_of
from partsearch.bench.analysis.figures import figures_of
from partsearch.bench.analysis.warnings import warnings_by_advice
from partsearch.bench.formatting import milliseconds, percent, rounded, target_name
from partsearch.bench.record import Run
from partsearch.bench.report import tables
from partsearch.bench.report.charts import charts_of
from partsearch.bench.report.charts.files import write_charts
from partsearch.bench.report.charts.target_style import style_of
from partsearch.bench.report.facts import first_commands, machine_facts, scenario_facts
from partsearch.bench.report.summary import LIMITS, STOPPED, conditions, heading
from partsearch.charts.chart import Chart
from partsearch.charts.page import render_page
from partsearch.charts.palette import DARK, LIGHT, css_variables
from partsearch.system.atomic_file import replace_file

_TEMPLATE = files(__package__).joinpath("templates", "report.html")
_P99 = 99.0
_SHOWN_WARNINGS = 3

Block = Mapping[str, Any]
"""A part of a section: the name of its template, and its data."""


@dataclass(frozen=True)
class HtmlExporter:
    """Writes the report as HTML, and its charts to the folder NAME-charts beside it.

    Attributes:
        file: the file to write.
    """

    file: Path

    def export(self, run: Run) -> tuple[Path, ...]:
        """Write the report; return its file and the folder of the charts."""
        charts = list(charts_of(run))
        folder = write_charts(charts, self.file)
        replace_file(self.file, render(run, charts, folder.name))
        return self.file, folder


def render(run: Run, charts: Iterable[Chart], folder: str) -> str:
    """Return the report as HTML.

    Args:
        run: the run.
        charts: its charts.
        folder: the name of the folder of the chart files.
    """
    figures = {chart.name: {"template": "figure.html", "chart": chart, "folder": folder} for chart in charts}
    context = {
        "light": css_variables(LIGHT),
        "dark": css_variables(DARK),
        "heading": heading(run),
        "conditions": conditions(run),
        "stopped": "" if run.is_complete else STOPPED,
        "tiles": list(_tiles(run)),
        "warnings": list(_warnings(run)),
        "sections": [(title, blocks) for title, blocks in _sections(run, figures) if blocks],
        "limits": LIMITS,
    }
    return render_page(_TEMPLATE, context)


def _tiles(run: Run) -> Iterator[Mapping[str, str]]:
    """Yield the rate and the tail of each target in the main scenario, its failures, and the noise."""
    main = main_scenario(run)
    for target in run.targets:
        figures = figures_of(run, target.name, main) if main else None
        if figures:
            tail = figures.latency.get(_P99)
            yield {
                "name": target_name(target),
                "value": rounded(figures.rate.median),
                "unit": " per second",
                "below": f"p99 {milliseconds(tail.median)} ms" if tail else "no percentiles from siege",
                "colour": style_of(target, run.targets).colour,
            }
            if figures.failed:
                below = f"of {figures.requests:,} searches"
                yield {"name": "failed", "value": f"{figures.failed:,}", "below": below, "colour": "error"}
    noise = noise_of(run)
    value = "unknown" if noise is None else f"± {percent(noise)}"
    yield {"name": "noise", "value": value, "below": "one service, twice", "colour": "muted"}


def _warnings(run: Run) -> Iterator[Mapping[str, Any]]:
    """Yield the warnings by their advice: the first ones, and those that the page shows on demand."""
    for advice, texts in warnings_by_advice(run).items():
        yield {"advice": advice, "first": texts[:_SHOWN_WARNINGS], "more": texts[_SHOWN_WARNINGS:]}


def _sections(run: Run, figures: Mapping[str, Block]) -> Iterator[tuple[str, list[Block]]]:
    def blocks(*names_or_blocks: str | Block | None) -> list[Block]:
        """Return the blocks that exist; a text is the name of a chart."""
        found = (figures.get(each) if isinstance(each, str) else each for each in names_or_blocks)
        return [block for block in found if block]

    yield "Comparison", blocks(_table(tables.comparison_table(run)), "rounds")
    yield "Figures", blocks(_table(tables.figures_table(run)), "percentiles")
    yield "At a fixed rate", blocks("fixed-rate")
    yield "Time budget", blocks("time-budget", _table(tables.cost_table(run)), *_statements(run))
    yield "More connections", blocks("connections", "connections-latency")
    yield "A larger catalog", blocks("sizes", "sizes-latency")
    yield "Searches", blocks({"template": "facts.html", "facts": list(scenario_facts(run))})
    yield "Environment", blocks({"template": "facts.html", "facts": list(machine_facts(run.machine))})
    yield (
        "Commands",
        blocks({"template": "commands.html", "command": run.settings.command, "lines": "\n".join(first_commands(run))}),
    )


def _table(table: tables.ReportTable | None) -> Block | None:
    return {"template": "table.html", "table": table} if table else None


def _statements(run: Run) -> list[Block]:
    """Return the tables of SQL statements, or why there are none."""
    found: list[Block] = [{"template": "folded_table.html", "table": table} for table in tables.statement_tables(run)]
    reason = next((budget.statements_unknown for budget in run.budget if budget.statements_unknown), "")
    return found or ([{"template": "note.html", "note": f"SQL statements: {reason}"}] if reason else [])
