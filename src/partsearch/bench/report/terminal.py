"""The report of a run on the terminal: figures, comparisons, cost, warnings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from partsearch.bench.analysis.comparison import comparisons, noise_of
from partsearch.bench.analysis.figures import PERCENTILES, Cost, Figures, cost_of, figures_of, statements_of
from partsearch.bench.analysis.warnings import warnings_by_advice
from partsearch.bench.formatting import catalog_size, counted, mebibytes, milliseconds, percent, rounded, short_name
from partsearch.bench.record import Run, Target
from partsearch.bench.report.summary import STOPPED

_WIDTH_WITHOUT_TERMINAL = 120
_ROOMY_FROM = 100
_CPU_GROUPS = {"postgres": "PostgreSQL", "nginx": "Nginx", "generator": "load", "other": "other"}
_SHOWN_WARNINGS = 3
_NONE = "–"


def report_console() -> Console:
    """Return the console of the reports, which has a fixed width without a terminal."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH_WITHOUT_TERMINAL)


@dataclass(frozen=True)
class TerminalExporter:
    """Prints the report.

    Attributes:
        console: the console to print on; ``None`` for standard output.
    """

    console: Console | None = None

    def export(self, run: Run) -> tuple[Path, ...]:
        """Print the figures, the comparisons, the cost and the warnings."""
        console = self.console or report_console()
        gap = 1 if console.width < _ROOMY_FROM else 2
        console.print(_heading(run))
        for title, explanation, table in tables_of(run):
            table.padding = (0, gap, 0, 0)
            console.print()
            console.print(Text.assemble((title, "bold"), (f"  {explanation}", "dim")))
            console.print(table)
        _print_warnings(console, run)
        return ()


def _print_warnings(console: Console, run: Run) -> None:
    if run.warnings:
        console.print(Text("\nWarnings", style="bold"))
    for advice, texts in warnings_by_advice(run).items():
        for text in texts[:_SHOWN_WARNINGS]:
            console.print(Text(f"! {text}", "yellow"))
        if len(texts) > _SHOWN_WARNINGS:
            console.print(Text(f"! and {len(texts) - _SHOWN_WARNINGS} more of this kind, in the report", "yellow"))
        console.print(Text(f"  {advice}"))


def tables_of(run: Run) -> Iterator[tuple[str, str, Table]]:
    """Yield the titles, the explanations and the tables that are not empty."""
    explanation = "latencies in ms; concurrent: by Little's law; SQL: statements per search"
    for title, text, table in (
        ("Searches", explanation, _figures_table(run)),
        ("Comparison", _noise(run), _comparison_table(run)),
        ("Cost", "CPU as in htop: a core is 100 %", _cost_table(run)),
    ):
        if table.row_count:
            yield title, text, table


def _heading(run: Run) -> Text:
    settings, machine = run.settings, run.machine
    heading = Text.assemble(
        (f"{settings.connections} connections, {counted(settings.rounds, 'round')} of {settings.duration:g} s", "bold"),
        f" by {settings.generator}; {catalog_size(machine.rows)}; {machine.cpu}, {machine.cores} cores",
    )
    if not run.is_complete:
        heading.append(f"\n{STOPPED}", style="yellow")
    return heading


def _figures_table(run: Run) -> Table:
    latencies = (*(f"p{percentile:g}" for percentile in PERCENTILES), "max")
    table = _table("per second", "lowest, highest", *latencies, "concurrent", "SQL", "failed")
    for scenario in run.scenarios:
        measured = [(target, figures_of(run, target.name, scenario.name)) for target in run.targets]
        rows = [(short_name(target), *_figures_row(run, figures)) for target, figures in measured if figures]
        _add_section(table, scenario.name, rows)
    return table


def _figures_row(run: Run, figures: Figures) -> Iterator[str]:
    yield f"[bold]{rounded(figures.rate.median)}[/bold]"
    yield f"{rounded(figures.rate.low)}–{rounded(figures.rate.high)}"
    for percentile in PERCENTILES:
        latency = figures.latency.get(percentile)
        yield milliseconds(latency.median) if latency else _NONE
    yield _NONE if figures.longest is None else milliseconds(figures.longest)
    yield _NONE if figures.concurrency is None else rounded(figures.concurrency.median)
    yield statements_of(run, figures)
    yield f"[red]{figures.failed:,}[/red]" if figures.failed else "0"


def _comparison_table(run: Run) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for scenario, group in groupby(comparisons(run), key=lambda comparison: comparison.scenario):
        label = scenario
        for comparison in group:
            ratio = _NONE if comparison.ratio is None else f"{comparison.ratio.value:.2f}"
            style = "green" if comparison.is_difference else "dim"
            table.add_row(escape(label), escape(comparison.pair), ratio, Text(comparison.words, style=style))
            label = ""
    return table


def _noise(run: Run) -> str:
    noise = noise_of(run)
    if noise is None:
        return "the noise was not measured"
    return f"the same service, measured twice, differs by up to {percent(noise)}"


def _cost_table(run: Run) -> Table:
    table = _table("service", *_CPU_GROUPS.values(), "ms per search", "MiB", "MiB PostgreSQL")
    for scenario in run.scenarios:
        measured = [(target, cost_of(run, target.name, scenario.name)) for target in run.targets]
        rows = [(short_name(target), *_cost_row(target, cost)) for target, cost in measured if cost]
        _add_section(table, scenario.name, rows)
    return table


def _cost_row(target: Target, cost: Cost) -> Iterator[str]:
    service = target.service or ""
    for group in (service, *_CPU_GROUPS):
        yield percent(cost.cpu[group]) if group in cost.cpu else _NONE
    yield milliseconds(cost.of_the_site)
    for group in (service, "postgres"):
        yield mebibytes(cost.memory_bytes[group]) if group in cost.memory_bytes else _NONE


def _add_section(table: Table, scenario: str, rows: Sequence[tuple[str, ...]]) -> None:
    if rows:
        table.add_row(f"[bold]{escape(scenario)}[/bold]")
    for name, *cells in rows:
        table.add_row(f"  {escape(name)}", *cells)


def _table(*numbers: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("", no_wrap=True)
    for name in numbers:
        table.add_column(name, justify="right")
    return table
