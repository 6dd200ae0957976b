"""A run as the terminal shows it: the figures of every search, who is faster, what it cost, and what to doubt."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from partsearch.bench.analysis.comparison import comparisons, noise_of
from partsearch.bench.analysis.figures import (
    PERCENTILES,
    Cost,
    Figures,
    cost_of,
    figures_of,
    statements_of,
    warnings_by_advice,
)
from partsearch.bench.formatting import catalog_size, counted, mebibytes, milliseconds, percent, rounded, short_name
from partsearch.bench.record import Run, Target

_WIDTH_WITHOUT_TERMINAL = 120
_ROOMY_FROM = 100
_USERS_OF_CPU = {"postgres": "PostgreSQL", "nginx": "Nginx", "generator": "load", "other": "other"}
_DOUBTS_OF_A_KIND = 3
_NONE = "–"


def show(run: Run) -> None:
    """Prints a run to stdout."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH_WITHOUT_TERMINAL)
    show_on(console, run)


def show_on(console: Console, run: Run) -> None:
    """Prints a run: the figures, who is faster, the cost, and the warnings."""
    gap = 1 if console.width < _ROOMY_FROM else 2
    console.print(_heading(run))
    for title, explanation, table in tables_of(run):
        table.padding = (0, gap, 0, 0)
        console.print()
        console.print(Text.assemble((title, "bold"), (f"  {explanation}", "dim")))
        console.print(table)
    if run.warnings:
        console.print(Text("\nDoubts", style="bold"))
    for advice, warnings in warnings_by_advice(run).items():
        for doubt in warnings[:_DOUBTS_OF_A_KIND]:
            console.print(Text.assemble(("! ", "yellow"), (doubt, "yellow")))
        if len(warnings) > _DOUBTS_OF_A_KIND:
            console.print(Text(f"! and {len(warnings) - _DOUBTS_OF_A_KIND} more of the kind, in the report", "yellow"))
        console.print(Text(f"  {advice}"))


def tables_of(run: Run) -> Iterator[tuple[str, str, Table]]:
    """The tables that have anything in them: their titles, what their columns are, and they themselves."""
    for title, explanation, table in (
        ("Searches", "latencies in ms; SQL: statements of a search; at a time: by Little's law", _figures_table(run)),
        ("Who is faster", _noise(run), _verdict_table(run)),
        ("What it took of the machine", "CPU as in htop, a core is 100 %", _cost_table(run)),
    ):
        if table.row_count:
            yield title, explanation, table


def _heading(run: Run) -> Text:
    settings, machine = run.settings, run.machine
    heading = Text.assemble(
        (f"{settings.connections} connections, {counted(settings.rounds, 'round')} of {settings.duration:g} s", "bold"),
        f" by {settings.generator}; {catalog_size(machine.rows)}; {machine.cpu}, {machine.cores} cores",
    )
    if not run.is_complete:
        heading.append("\nThis run was stopped: it has what was done by then.", style="yellow")
    return heading


def _figures_table(run: Run) -> Table:
    latencies = (*(f"p{percentile:g}" for percentile in PERCENTILES), "max")
    table = _table("a second", "lowest, highest", *latencies, "at a time", "SQL", "failed")
    for scenario in run.scenarios:
        measured = [(one, figures_of(run, one.name, scenario.name)) for one in run.targets]
        rows = [(short_name(target), *_figures_row(run, found)) for target, found in measured if found]
        _add_section(table, scenario.name, rows)
    return table


def _figures_row(run: Run, figures: Figures) -> Iterator[str]:
    yield f"[bold]{rounded(figures.rate.median)}[/bold]"
    yield f"{rounded(figures.rate.low)}–{rounded(figures.rate.high)}"
    for percentile in PERCENTILES:
        found = figures.latency.get(percentile)
        yield milliseconds(found.median) if found else _NONE
    yield _NONE if figures.longest is None else milliseconds(figures.longest)
    yield _NONE if figures.concurrency is None else rounded(figures.concurrency.median)
    yield statements_of(run, figures)
    yield f"[red]{figures.failed:,}[/red]" if figures.failed else "0"


def _verdict_table(run: Run) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    found = comparisons(run)
    for scenario, ruled in groupby(found, key=lambda verdict: verdict.scenario):
        label = scenario
        for verdict in ruled:
            ratio = _NONE if verdict.ratio is None else f"{verdict.ratio.value:.2f}"
            table.add_row(escape(label), ratio, Text(verdict.words, style="green" if verdict.is_difference else "dim"))
            label = ""
    return table


def _noise(run: Run) -> str:
    noise = noise_of(run)
    if noise is None:
        return "the noise was not measured"
    return f"one and the same service, measured twice, differs by up to {percent(noise)}"


def _cost_table(run: Run) -> Table:
    table = _table("service", *_USERS_OF_CPU.values(), "ms a search", "MiB", "MiB PostgreSQL")
    for scenario in run.scenarios:
        watched = [(one, cost_of(run, one.name, scenario.name)) for one in run.targets]
        rows = [(short_name(target), *_cost_row(target, cost)) for target, cost in watched if cost]
        _add_section(table, scenario.name, rows)
    return table


def _cost_row(target: Target, cost: Cost) -> Iterator[str]:
    service = target.service or ""
    for who in (service, *_USERS_OF_CPU):
        yield percent(cost.cpu[who]) if who in cost.cpu else _NONE
    yield milliseconds(cost.of_the_site)
    for who in (service, "postgres"):
        yield mebibytes(cost.memory_bytes[who]) if who in cost.memory_bytes else _NONE


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
