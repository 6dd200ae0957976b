"""The tables of the HTML report as data; the template renders them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from partsearch.bench.analysis.comparison import comparisons, main_scenario
from partsearch.bench.analysis.figures import PERCENTILES, Cost, Figures, cost_of, figures_of, statements_of
from partsearch.bench.formatting import mebibytes, milliseconds, percent, rounded, short_name, target_name
from partsearch.bench.record import Run, Statement

_GROUPS = {"postgres": "PostgreSQL", "nginx": "Nginx", "generator": "load", "other": "other", "idle": "idle"}
_NONE = "–"
_STATEMENTS = 5
_KIBIBYTE = 1024


@dataclass(frozen=True)
class Cell:
    """A cell: its text, its style, and whether it is a number.

    Attributes:
        style: a class of the style sheet, ``code``, ``strong``, or empty.
    """

    text: str
    style: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Row:
    """A row. One with the same label as the row before shows none."""

    cells: tuple[Cell, ...]
    has_new_label: bool


@dataclass(frozen=True)
class ReportTable:
    """A table, with an explanation below it.

    Attributes:
        title: empty, or the title to open the table by.
    """

    heads: tuple[Cell, ...]
    rows: tuple[Row, ...]
    note: str = ""
    title: str = ""


def comparison_table(run: Run) -> ReportTable | None:
    """Return the comparisons of every scenario; ``None`` without any."""
    rows = [
        (
            Cell(comparison.scenario),
            Cell(comparison.pair),
            Cell(_NONE if comparison.ratio is None else f"{comparison.ratio.value:.2f}"),
            Cell(comparison.words, "difference" if comparison.is_difference else "none"),
        )
        for comparison in comparisons(run)
    ]
    return _table(("search", "services", "ratio", "result"), rows, texts=(0, 1, 3)) if rows else None


def figures_table(run: Run) -> ReportTable:
    """Return the medians of every target in every scenario."""
    latencies = (*(f"p{at:g}, ms" for at in PERCENTILES), "max, ms")
    heads = ("search", "service", "per second", "lowest, highest", *latencies, "concurrent", "SQL", "failed")
    rows = [
        (Cell(scenario.name), Cell(short_name(target)), *_figures_row(run, figures))
        for scenario in run.scenarios
        for target in run.targets
        if (figures := figures_of(run, target.name, scenario.name))
    ]
    note = (
        "Medians of the rounds. Concurrent: searches at the same time by Little’s law; consistent figures are near the "
        "number of connections. SQL: statements per search. Failed: answers other than 2xx, timeouts and broken "
        "connections; no rate counts them."
    )
    return _table(heads, rows, note=note)


def _figures_row(run: Run, figures: Figures) -> Iterator[Cell]:
    yield Cell(rounded(figures.rate.median), "strong")
    yield Cell(f"{rounded(figures.rate.low)}–{rounded(figures.rate.high)}")
    for at in PERCENTILES:
        latency = figures.latency.get(at)
        yield Cell(milliseconds(latency.median) if latency else _NONE)
    yield Cell(_NONE if figures.longest is None else milliseconds(figures.longest))
    yield Cell(_NONE if figures.concurrency is None else rounded(figures.concurrency.median))
    yield Cell(statements_of(run, figures))
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in figures.failures.items())
    yield Cell(kinds, "bad") if kinds else Cell("0")


def cost_table(run: Run) -> ReportTable | None:
    """Return CPU, memory and network of every target in every scenario; ``None`` where nothing was observed."""
    heads = ("search", "service", "its CPU", *_GROUPS.values(), "its MiB", "PostgreSQL’s", "KiB per search")
    rows = [
        (Cell(scenario.name), Cell(short_name(target)), *map(Cell, _cost_row(target.service or "", cost)))
        for scenario in run.scenarios
        for target in run.targets
        if (cost := cost_of(run, target.name, scenario.name))
    ]
    note = (
        "CPU of the service, of PostgreSQL and so on as htop shows it: one core is 100 %. Memory: resident, shared "
        "memory divided among its users. KiB per search: over the loopback interface."
    )
    return _table(heads, rows, note=note) if rows else None


def _cost_row(service: str, cost: Cost) -> Iterator[str]:
    for group in (service, *_GROUPS):
        yield percent(cost.cpu[group]) if group in cost.cpu else _NONE
    for group in (service, "postgres"):
        yield mebibytes(cost.memory_bytes[group]) if group in cost.memory_bytes else _NONE
    yield rounded(cost.network_bytes_per_request / _KIBIBYTE)


def statement_tables(run: Run) -> Iterator[ReportTable]:
    """Yield the SQL statements that took most of the time in a round of each target in the main scenario."""
    main = main_scenario(run)
    for target in run.targets:
        budgets = [budget for budget in run.budget if (budget.target, budget.scenario) == (target.name, main)]
        if budgets and budgets[-1].statements:
            yield _statement_table(f"SQL of {target_name(target)} in one round", budgets[-1].statements)


def _statement_table(title: str, statements: Sequence[Statement]) -> ReportTable:
    rows = [
        (
            Cell(statement.text, "code"),
            Cell(f"{statement.calls:,}"),
            Cell(f"{statement.seconds:.2f}"),
            Cell(milliseconds(statement.seconds / statement.calls if statement.calls else 0)),
            Cell(f"{statement.rows:,}"),
        )
        for statement in statements[:_STATEMENTS]
    ]
    return _table(("statement", "calls", "total, s", "mean, ms", "rows"), rows, texts=(0,), title=title)


def _table(
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    texts: Sequence[int] = (0, 1),
    note: str = "",
    title: str = "",
) -> ReportTable:
    """Return a table; all columns but those of ``texts`` are numbers."""
    columns = [number not in texts for number in range(len(heads))]
    shown = []
    label = None
    for first, *others in rows:
        is_new = first.text != label
        label = first.text
        cells = (first if is_new else Cell(""), *others)
        numbered = (Cell(cell.text, cell.style, is_number) for cell, is_number in zip(cells, columns, strict=True))
        shown.append(Row(tuple(numbered), is_new))
    head = tuple(Cell(name, "", is_number) for name, is_number in zip(heads, columns, strict=True))
    return ReportTable(head, tuple(shown), note, title)
