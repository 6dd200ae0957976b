"""The latency by percentile, on an axis that stretches the slow tail."""

import math
from itertools import accumulate

from partsearch.bench.analysis.comparison import main_scenario
from partsearch.bench.analysis.histogram import answers, merged
from partsearch.bench.formatting import milliseconds, plain_milliseconds, target_name
from partsearch.bench.record import Histogram, Run
from partsearch.bench.report.charts.target_style import style_of
from partsearch.charts.chart import Chart, Plane, at_both_widths, draw_legend
from partsearch.charts.drawing import Drawing
from partsearch.charts.palette import Style
from partsearch.charts.scale import Scale, logarithmic

_PLANE_HEIGHT = 280
_LEFT, _RIGHT, _FOOT = 52, 24, 46
_NAMED = (0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999)
_NOT_THE_FASTEST = 0.001
_STEPS = 160
_BEYOND = 10


def percentiles_chart(run: Run) -> Chart | None:
    """Return the chart of the main scenario; ``None`` where the generator has no histogram."""
    scenario = main_scenario(run)
    lines = [
        (target_name(target), style_of(target, run.targets), histogram)
        for target in run.targets
        if scenario and (histogram := merged(*(round_.latency for round_ in run.rounds_of(target.name, scenario))))
    ]
    if not lines:
        return None
    return at_both_widths(
        "percentiles",
        f"Latency by percentile: {scenario}",
        "All rounds together, without the samples that wrk adds. To the right of 99: the slowest of 100 searches.",
        lambda width: _draw(lines, width),
    )


def _draw(lines: list[tuple[str, Style, Histogram]], width: int) -> str:
    drawing = Drawing(width, 0)
    top = draw_legend(drawing, 22, [(name, style) for name, style, _ in lines]) + 14
    bottom = top + _PLANE_HEIGHT
    curves = [latency_curve(histogram) for _, _, histogram in lines]
    furthest = max(at for curve in curves for at, _ in curve)
    plane = Plane(
        drawing,
        Scale(0, furthest, _LEFT, width - _RIGHT),
        logarithmic([seconds for curve in curves for _, seconds in curve], bottom, top),
    )
    plane.draw_grid(plain_milliseconds)
    plane.draw_x_labels({nines(share): f"{share:g}" for share in _NAMED if nines(share) <= furthest})
    plane.draw_titles("ms", "percentile")
    for (name, style, _), curve in zip(lines, curves, strict=True):
        places = [(plane.x.position(at), plane.y.position(seconds)) for at, seconds in curve]
        drawing.curve(places, style)
        drawing.dot(places[-1], style, f"{name}, slowest: {milliseconds(curve[-1][1])} ms")
    drawing.height = round(bottom + _FOOT)
    return drawing.svg("Latency by percentile and service")


def nines(percent: float) -> float:
    """Return the position of a percentile on the axis: 90 at 1, 99 at 2, 99.9 at 3."""
    return -math.log10(1 - percent / 100)


def latency_curve(histogram: Histogram) -> list[tuple[float, float]]:
    """Return positions on the axis with their seconds.

    The curve ends where fewer than ten answers are slower, and leaves out the fastest thousandth.
    """
    number = answers(histogram)
    seen = list(accumulate(count for _, count in histogram))
    furthest = -math.log10(max(min(_BEYOND / number, 0.5), 1e-5))
    curve, index = [], 0
    for step in range(_STEPS + 1):
        at = furthest * step / _STEPS
        share = max(1 - 10**-at, _NOT_THE_FASTEST)
        while seen[index] < share * number:
            index += 1
        curve.append((at, histogram[index][0] / 1_000_000))
    return curve
