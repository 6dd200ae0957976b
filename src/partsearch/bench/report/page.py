"""The page as a whole."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from partsearch.bench.charts.all import charts_of
from partsearch.bench.charts.files import write_charts
from partsearch.bench.charts.target_style import style_of
from partsearch.bench.figures import doubts_by_advice, figures_of
from partsearch.bench.names import catalog_size, counted, milliseconds, percent, rounded, target_name
from partsearch.bench.record import Run
from partsearch.bench.report import facts, tables
from partsearch.bench.verdict import main_scenario, noise_of, verdicts
from partsearch.charts.chart import Chart
from partsearch.charts.palette import DARK, LIGHT, css_variables

LIMITS = (
    "The numbers are those of this machine, this catalog and this load. They do not say how many visitors a server "
    "bears, what a slow network does, or what the ratio is elsewhere."
)
_P99 = 99.0
_DOUBTS_OF_A_KIND = 3


def write_report(run: Run, html: Path) -> tuple[Path, ...]:
    """Writes the report, and its charts into the folder NAME-charts beside it.

    Args:
        run: what was measured.
        html: the file to write.

    Returns:
        The report, then the folder of the charts.
    """
    charts = list(charts_of(run))
    folder = html.with_name(f"{html.stem}-charts")
    write_charts(charts, folder)
    html.write_text(page(run, charts, folder.name), encoding="utf-8")
    return html, folder


def page(run: Run, charts: Iterable[Chart], folder: str) -> str:
    """The report as HTML.

    Args:
        run: what was measured.
        charts: to be shown.
        folder: of the charts' files, beside the report.
    """
    shown = {chart.name: _figure(chart, folder) for chart in charts}
    template = Template(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
    return template.substitute(
        light=css_variables(LIGHT),
        dark=css_variables(DARK),
        title=escape(heading(run)),
        heading=escape(heading(run)),
        when=escape(conditions(run)),
        stopped="" if run.is_complete else '<p class="notice">This run was stopped: it has what was done by then.</p>',
        tiles="".join(_tiles(run)),
        doubts=_doubts(run),
        limits=escape(LIMITS),
        sections="".join(_sections(run, shown)),
    )


def heading(run: Run) -> str:
    """The verdict on the main scenario, as far as there is one."""
    main = main_scenario(run)
    verdict = next((one for one in verdicts(run) if one.scenario == main), None)
    if not verdict:
        return "Searches measured" if run.rounds else "Nothing was measured"
    if verdict.is_difference:
        return verdict.words
    return f"{target_name(verdict.baseline)} and {target_name(verdict.target)}: {verdict.words}"


def conditions(run: Run) -> str:
    """With what load, on what catalog and when it was measured."""
    began, ended = datetime.fromisoformat(run.began), datetime.fromisoformat(run.ended)
    settings = run.settings
    minutes = counted(max(round((ended - began).total_seconds() / 60), 1), "minute")
    return (
        f"{main_scenario(run) or 'no search'}: {settings.connections} connections,"
        f" {counted(settings.rounds, 'round')} of {settings.duration:g} s by {settings.generator};"
        f" {catalog_size(run.machine.rows)}; {began:%d %B %Y, %H:%M} UTC, {minutes}"
    )


def _tiles(run: Run) -> Iterator[str]:
    """The rate and the tail of each target in the main scenario, and the noise."""
    main = main_scenario(run)
    for target in run.targets:
        found = main and figures_of(run, target.name, main)
        if found:
            tail = found.latency.get(_P99)
            beneath = f"p99 {milliseconds(tail.median)} ms" if tail else "no percentiles from siege"
            colour = style_of(target, run.targets).colour
            yield _tile(target_name(target), f"{rounded(found.rate.median)}<small> a second</small>", beneath, colour)
            if found.failed:
                yield _tile("failed", f"{found.failed:,}", f"of {found.requests:,} searches", "error")
    noise = noise_of(run)
    yield _tile("noise", "unknown" if noise is None else f"± {percent(noise)}", "one service, twice", "muted")


def _tile(name: str, value: str, beneath: str, colour: str) -> str:
    return (
        f'<div style="--mark: var(--{colour})"><dt>{escape(name)}</dt><dd>{value}</dd>'
        f'<dd class="beneath">{escape(beneath)}</dd></div>'
    )


def _doubts(run: Run) -> str:
    if not run.warnings:
        return ""
    items = "".join(
        f"<li>{_doubts_of_a_kind(doubts)}{escape(advice)}</li>" for advice, doubts in doubts_by_advice(run).items()
    )
    return f'<section class="doubts"><h2>Doubts</h2><ul>{items}</ul></section>'


def _doubts_of_a_kind(doubts: list[str]) -> str:
    """The first ones at once, the others when they are asked for."""
    lines = [f"<strong>{escape(doubt)}</strong><br>" for doubt in doubts]
    first, others = lines[:_DOUBTS_OF_A_KIND], lines[_DOUBTS_OF_A_KIND:]
    more = f"<details><summary>{len(others)} more of the kind</summary>{''.join(others)}</details>" if others else ""
    return "".join(first) + more


def _sections(run: Run, charts: dict[str, str]) -> Iterator[str]:
    yield _section("Who is faster", tables.verdict_table(run), charts.get("rounds"))
    yield _section("Figures", tables.figures_table(run), charts.get("percentiles"))
    yield _section("At a fixed rate", charts.get("fixed-rate"))
    yield _section("Where the time goes", charts.get("time-budget"), tables.cost_table(run), tables.statements(run))
    yield _section("More connections", charts.get("connections"), charts.get("connections-latency"))
    yield _section("A larger catalog", charts.get("sizes"), charts.get("sizes-latency"))
    yield _section("What was asked", facts.scenarios(run))
    yield _section("Measured on", facts.machine(run))
    yield _section("Exact commands", facts.commands(run))


def _section(title: str, *contents: str | None) -> str:
    inside = "".join(filter(None, contents))
    return f"<section><h2>{escape(title)}</h2>{inside}</section>" if inside else ""


def _figure(chart: Chart, folder: str) -> str:
    files_of_it = "".join(
        f'<a href="{escape(folder)}/{chart.name}.{kind}">{kind.upper()}</a>' for kind in ("svg", "png")
    )
    return (
        f'<figure id="{chart.name}"><h3>{escape(chart.title)}</h3>'
        f'<div class="for-desktops">{chart.wide}</div><div class="for-phones">{chart.narrow}</div>'
        f'<figcaption>{escape(chart.caption)} <span class="files">{files_of_it}</span></figcaption></figure>'
    )
