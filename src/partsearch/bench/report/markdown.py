"""The report of a run as a page of Markdown, for documentation: the tables of the terminal, and charts as files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from partsearch.bench.analysis.warnings import warnings_by_advice
from partsearch.bench.record import Run
from partsearch.bench.report.charts import charts_of
from partsearch.bench.report.charts.files import write_charts
from partsearch.bench.report.facts import machine_facts, scenario_facts
from partsearch.bench.report.summary import LIMITS, STOPPED, conditions, heading
from partsearch.bench.report.terminal import tables_of
from partsearch.system.atomic_file import replace_file

_SPECIAL = re.compile(r"([\\|<>*_`])")


@dataclass(frozen=True)
class MarkdownExporter:
    """Writes the report as Markdown, and its charts to the folder NAME-charts beside it.

    Attributes:
        file: the file to write.
    """

    file: Path

    def export(self, run: Run) -> tuple[Path, ...]:
        """Write the page; return its file and the folder of the charts."""
        charts = list(charts_of(run))
        folder = write_charts(charts, self.file)
        images = [f"![{chart.title}: {chart.caption}]({folder.name}/{chart.name}.svg)" for chart in charts]
        lines = [*_summary(run), *_tables(run), *_section("Charts", images), *_facts(run), f"{LIMITS}\n"]
        replace_file(self.file, "\n".join(lines))
        return self.file, folder


def _summary(run: Run) -> Iterator[str]:
    yield f"# {_escaped(heading(run))}\n"
    yield f"{_escaped(conditions(run))}.\n"
    yield f"Made by `{run.settings.command}`, and `partsearch bench report` of its record.\n"
    if not run.is_complete:
        yield f"{STOPPED}\n"
    for advice, texts in warnings_by_advice(run).items():
        yield from (f"- **{_escaped(text)}**" for text in texts)
        yield f"  {_escaped(advice)}\n"


def _tables(run: Run) -> Iterator[str]:
    for title, explanation, table in tables_of(run):
        yield from _section(title, [f"{_escaped(explanation)}.", "\n".join(_rows(table))])


def _rows(table: Table) -> Iterator[str]:
    """Yield the lines of a table of the terminal as Markdown."""
    marks = ["---:" if column.justify == "right" else "---" for column in table.columns]
    cells = [[_cell(cell) for cell in column.cells] for column in table.columns]
    for row in ([_cell(column.header) for column in table.columns], marks, *map(list, zip(*cells, strict=True))):
        yield f"| {' | '.join(row)} |"


def _cell(cell: object) -> str:
    return _escaped((cell if isinstance(cell, Text) else Text.from_markup(str(cell))).plain.strip())


def _facts(run: Run) -> Iterator[str]:
    for title, facts in (
        ("Requests", scenario_facts(run)),
        ("Environment", machine_facts(run.machine)),
    ):
        rows = [f"| {_escaped(name)} | {_escaped(value)} |" for name, value in facts]
        yield from _section(title, ["\n".join(["| | |", "|---|---|", *rows])])


def _section(title: str, paragraphs: list[str]) -> Iterator[str]:
    if paragraphs:
        yield f"## {title}\n"
        yield from (f"{paragraph}\n" for paragraph in paragraphs)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
