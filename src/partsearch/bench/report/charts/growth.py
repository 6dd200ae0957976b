"""Throughput and latency against the number of connections, and against the size of the catalog."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from partsearch.bench.analysis.figures import Figures, figures
from partsearch.bench.analysis.statistics import Spread
from partsearch.bench.formatting import milliseconds, plain, plain_milliseconds, rounded, target_name
from partsearch.bench.record import Round, Run
from partsearch.bench.report.charts.target_style import style_of
from partsearch.charts.chart import Chart, Plane, at_both_widths, draw_legend
from partsearch.charts.drawing import Drawing
from partsearch.charts.palette import Style
from partsearch.charts.scale import linear, logarithmic

_PLANE_HEIGHT = 240
_LEFT, _RIGHT, _FOOT = 52, 20, 46
_P99 = 99.0
_FIRST_MARGIN = 1.3
_BESIDE = 3.0


@dataclass(frozen=True)
class _Step:
    at: float
    figures: Figures


@dataclass(frozen=True)
class _Line:
    name: str
    style: Style
    steps: tuple[_Step, ...]


Measure = Callable[[Figures], Spread | None]


def growth_charts(run: Run) -> Iterator[Chart]:
    """Yield the charts of rate and latency against connections and catalog size, as far as they were measured."""
    by_connections = [(round_.connections, round_) for round_ in run.sweep.connections]
    yield from _charts(run, by_connections, "connections", "connections", "connections")
    by_parts = [(step.parts, round_) for step in run.sweep.sizes for round_ in step.rounds]
    yield from _charts(run, by_parts, "sizes", "the size of the catalog", "parts")


def _charts(run: Run, measured: list[tuple[int, Round]], name: str, against: str, axis: str) -> Iterator[Chart]:
    lines = _lines(run, measured)
    if not lines:
        return
    scenario = measured[0][1].scenario
    yield at_both_widths(
        name,
        f"Rate against {against}: {scenario}",
        "Medians of answers with 2xx per second; the strokes reach from the lowest round to the highest.",
        lambda width: _draw(lines, width, axis, _rate, "searches per second"),
    )
    if any(_p99(step.figures) for line in lines for step in line.steps):
        yield at_both_widths(
            f"{name}-latency",
            f"p99 against {against}: {scenario}",
            "99 of 100 searches were faster. In a closed loop it grows with the number of waiting connections.",
            lambda width: _draw(lines, width, axis, _p99, "p99, ms"),
        )


def _lines(run: Run, measured: Iterable[tuple[int, Round]]) -> list[_Line]:
    by_target: dict[str, list[tuple[int, Round]]] = {}
    for at, round_ in measured:
        by_target.setdefault(round_.target, []).append((at, round_))
    return [
        _Line(target_name(target), style_of(target, run.targets), _steps(by_target[target.name]))
        for target in run.targets
        if target.name in by_target
    ]


def _steps(measured: Sequence[tuple[int, Round]]) -> tuple[_Step, ...]:
    ordered = sorted(measured, key=lambda pair: pair[0])
    return tuple(
        _Step(at, figures([round_ for _, round_ in rounds]))
        for at, rounds in groupby(ordered, key=lambda pair: pair[0])
    )


def _rate(figures: Figures) -> Spread | None:
    return figures.rate


def _p99(figures: Figures) -> Spread | None:
    return figures.latency.get(_P99)


def _draw(lines: list[_Line], width: int, axis: str, measure: Measure, title: str) -> str:
    drawing = Drawing(width, 0)
    top = draw_legend(drawing, 22, [(line.name, line.style) for line in lines]) + 14
    bottom = top + _PLANE_HEIGHT
    places = sorted({step.at for line in lines for step in line.steps})
    highest = [spread.high for line in lines for step in line.steps if (spread := measure(step.figures))]
    x = logarithmic(places, _LEFT, width - _RIGHT, _FIRST_MARGIN)
    plane = Plane(
        drawing,
        x,
        linear(highest, bottom, top) if measure is _rate else logarithmic(highest, bottom, top, 2),
    )
    plane.draw_grid(plain if measure is _rate else plain_milliseconds)
    plane.draw_x_labels({at: plain(at) for at in places})
    plane.draw_titles(title, axis)
    for number, line in enumerate(lines):
        _draw_line(plane, line, measure, (number - (len(lines) - 1) / 2) * _BESIDE)
    drawing.height = round(bottom + _FOOT)
    return drawing.svg(f"{title} against {axis}, by service")


def _draw_line(plane: Plane, line: _Line, measure: Measure, aside: float) -> None:
    """Draw the line of a target, shifted by some pixels so that it does not hide another range."""
    known = [(step, spread) for step in line.steps if (spread := measure(step.figures))]
    points = [(plane.x.position(step.at) + aside, plane.y.position(spread.median)) for step, spread in known]
    plane.drawing.curve(points, line.style)
    for (step, spread), at in zip(known, points, strict=True):
        low, high = plane.y.position(spread.low), plane.y.position(spread.high)
        plane.drawing.line((at[0], low), (at[0], high), line.style.colour, 1.5)
        plane.drawing.dot(at, line.style, _tip(line.name, step, spread, measure))


def _tip(name: str, step: _Step, spread: Spread, measure: Measure) -> str:
    if measure is not _rate:
        return f"{name}, {step.at:,.0f}: p99 {milliseconds(spread.median)} ms"
    failed = f", {step.figures.failed:,} failed" if step.figures.failed else ""
    return f"{name}, {step.at:,.0f}: {rounded(spread.median)} per second{failed}"
