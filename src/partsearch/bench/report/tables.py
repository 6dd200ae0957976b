"""The tables of the report."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from partsearch.bench.analysis.comparison import comparisons, main_scenario
from partsearch.bench.analysis.figures import PERCENTILES, Cost, Figures, cost_of, figures_of, statements_of
from partsearch.bench.formatting import mebibytes, milliseconds, percent, rounded, short_name, target_name
from partsearch.bench.record import Run, Statement

_USERS = {"postgres": "PostgreSQL", "nginx": "Nginx", "generator": "load", "other": "other", "idle": "idle"}
_NONE = "–"
_STATEMENTS = 5
_KIBIBYTE = 1024


def verdict_table(run: Run) -> str:
    """Who is faster in every scenario."""
    rows = [
        (
            escape(verdict.scenario),
            _NONE if verdict.ratio is None else f"{verdict.ratio.value:.2f}",
            f'<span class="{"difference" if verdict.is_difference else "none"}">{escape(verdict.words)}</span>',
        )
        for verdict in comparisons(run)
    ]
    return table(("search", "ratio", "verdict"), rows, words=(0, 2)) if rows else ""


def figures_table(run: Run) -> str:
    """The medians of every target in every scenario."""
    heads = ("search", "service", "a second", "lowest, highest", *(f"p{at:g}, ms" for at in PERCENTILES), "max, ms")
    rows = [
        (escape(scenario.name), escape(short_name(target)), *_figures_row(run, found))
        for scenario in run.scenarios
        for target in run.targets
        if (found := figures_of(run, target.name, scenario.name))
    ]
    return table((*heads, "at a time", "SQL", "failed"), rows) + (
        "<p class='note'>Medians of the rounds. <i>At a time</i>: searches under way by Little’s law, near the number"
        " of connections where all is well. <i>SQL</i>: statements of a search. <i>Failed</i>: other answers than 2xx,"
        " time-outs and broken connections; no rate counts them.</p>"
    )


def _figures_row(run: Run, found: Figures) -> Iterator[str]:
    yield f"<b>{rounded(found.rate.median)}</b>"
    yield f"{rounded(found.rate.low)}–{rounded(found.rate.high)}"
    for at in PERCENTILES:
        latency = found.latency.get(at)
        yield milliseconds(latency.median) if latency else _NONE
    yield _NONE if found.longest is None else milliseconds(found.longest)
    yield _NONE if found.concurrency is None else rounded(found.concurrency.median)
    yield statements_of(run, found)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in found.failures.items())
    yield f'<span class="bad">{escape(kinds)}</span>' if kinds else "0"


def cost_table(run: Run) -> str:
    """CPU, memory and network of every target in every scenario."""
    heads = ("search", "service", "its CPU", *_USERS.values(), "its MiB", "PostgreSQL’s", "KiB a search")
    rows = [
        (escape(scenario.name), escape(short_name(target)), *_cost_row(target.service or "", cost))
        for scenario in run.scenarios
        for target in run.targets
        if (cost := cost_of(run, target.name, scenario.name))
    ]
    if not rows:
        return ""
    return table(heads, rows) + (
        "<p class='note'>CPU of the service, of PostgreSQL and so on as htop shows it: one core is 100 %. Memory:"
        " resident, what processes share divided among them. KiB a search: over the loopback interface.</p>"
    )


def _cost_row(service: str, cost: Cost) -> Iterator[str]:
    for who in (service, *_USERS):
        yield percent(cost.cpu[who]) if who in cost.cpu else _NONE
    for who in (service, "postgres"):
        yield mebibytes(cost.memory_bytes[who]) if who in cost.memory_bytes else _NONE
    yield rounded(cost.network_bytes_per_request / _KIBIBYTE)


def statements(run: Run) -> str:
    """The SQL statements that took most of the time in a round of each target in the main scenario."""
    main = main_scenario(run)
    parts = []
    for target in run.targets:
        watched = [one for one in run.budget if (one.target, one.scenario) == (target.name, main)]
        if watched and watched[-1].statements:
            parts.append(
                f"<details><summary>SQL of {escape(target_name(target))} in one round</summary>"
                f"{_statement_table(watched[-1].statements)}</details>"
            )
    return "".join(parts) or _unknown(run)


def _statement_table(found: Sequence[Statement]) -> str:
    rows = [
        (
            f"<code>{escape(one.text)}</code>",
            f"{one.calls:,}",
            f"{one.seconds:.2f}",
            milliseconds(one.seconds / one.calls if one.calls else 0),
            f"{one.rows:,}",
        )
        for one in found[:_STATEMENTS]
    ]
    return table(("statement", "calls", "s in all", "ms each", "rows"), rows, words=(0,))


def _unknown(run: Run) -> str:
    why = next((one.statements_unknown for one in run.budget if one.statements_unknown), "")
    return f"<p class='note'>SQL statements: {escape(why)}</p>" if why else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], words: Sequence[int] = (0, 1)) -> str:
    """A table of cells that are HTML; but for the columns ``words`` they are numbers.

    What the row before has in its first column as well is not said again.
    """
    kinds = ["" if number in words else ' class="number"' for number in range(len(heads))]
    head = "".join(f'<th scope="col"{kind}>{escape(name)}</th>' for name, kind in zip(heads, kinds, strict=True))
    body, before = "", None
    for first, *others in rows:
        label, new = ("", "") if first == before else (first, ' class="new"')
        cells = "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip((label, *others), kinds, strict=True))
        body, before = f"{body}<tr{new}>{cells}</tr>", first
    return f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
