"""The latency at fixed arrival rates, from the intended start of a search."""

from dataclasses import dataclass

from partsearch.bench.analysis.histogram import percentile
from partsearch.bench.formatting import milliseconds, plain_milliseconds, rounded, target_name
from partsearch.bench.record import OpenLoopRound, Run
from partsearch.bench.report.charts.target_style import style_of
from partsearch.charts.chart import Chart, Plane, at_both_widths, draw_legend
from partsearch.charts.drawing import TEXT_SIZE, Drawing
from partsearch.charts.palette import Style
from partsearch.charts.scale import Scale, logarithmic

_PLANE_HEIGHT = 240
_LEFT, _RIGHT, _FOOT = 52, 16, 48
_HALF, _MOST = 50.0, 99.0
_REACHED = 0.98
_WIDEST_BESIDE = 56.0
_BESIDE_SHARE = 0.8
_WIDE_FROM = 600


@dataclass(frozen=True)
class _Series:
    name: str
    style: Style
    rounds: list[OpenLoopRound]


def fixed_rate_chart(run: Run) -> Chart | None:
    """Return the chart of the first measured scenario; ``None`` where no round of the open loop has an answer."""
    scenario = next((round_.scenario for round_ in run.open_loop if round_.latency), None)
    series = [
        _Series(target_name(target), style_of(target, run.targets), rounds)
        for target in run.targets
        if (
            rounds := [
                round_ for round_ in run.open_loop if (round_.target, round_.scenario) == (target.name, scenario)
            ]
        )
    ]
    if not any(round_.latency for part in series for round_ in part.rounds):
        return None
    return at_both_widths(
        "fixed-rate",
        f"Latency at a fixed rate: {scenario}",
        "The dot is the median, the end of the stroke the 99th percentile, from the intended start of a search. The"
        " share is that of the slower service's throughput; an × means that the rate was not reached.",
        lambda width: _draw(series, width),
    )


def _draw(series: list[_Series], width: int) -> str:
    drawing = Drawing(width, 0)
    drawing.text((0, TEXT_SIZE), "ms", colour="ink", is_strong=True)
    top = draw_legend(drawing, 22, [(part.name, part.style) for part in series]) + 14
    bottom = top + _PLANE_HEIGHT
    rounds = [round_ for part in series for round_ in part.rounds]
    rates = sorted({(round_.share, round_.rate_wanted) for round_ in rounds})
    values = [latency for round_ in rounds for at in (_HALF, _MOST) if (latency := percentile(round_.latency, at))]
    x = Scale(-0.5, len(rates) - 0.5, _LEFT, width - _RIGHT)
    plane = Plane(drawing, x, logarithmic(values, bottom, top, 1.4))
    plane.draw_grid(plain_milliseconds)
    unit = " per second" if width > _WIDE_FROM else "/s"
    for place, (share, rate) in enumerate(rates):
        drawing.text((x.position(place), bottom + 18), f"{share * 100:g} %", "middle", "ink")
        drawing.text((x.position(place), bottom + 34), f"{rounded(rate)}{unit}", "middle")
    beside = min(_WIDEST_BESIDE, (x.end - x.start) / len(rates) / len(series) * _BESIDE_SHARE)
    for number, part in enumerate(series):
        aside = (number - (len(series) - 1) / 2) * beside
        for round_ in part.rounds:
            _draw_round(plane, round_, x.position(rates.index((round_.share, round_.rate_wanted))) + aside, part)
    drawing.height = round(bottom + _FOOT)
    return drawing.svg("Median and 99th percentile of the latency at fixed rates, by service")


def _draw_round(plane: Plane, round_: OpenLoopRound, at: float, series: _Series) -> None:
    half, most, style = percentile(round_.latency, _HALF), percentile(round_.latency, _MOST), series.style
    if not half or not most:
        return
    low, high = plane.y.position(half), plane.y.position(most)
    plane.drawing.line((at, low), (at, high), style.colour, 2)
    plane.drawing.line((at - 5, high), (at + 5, high), style.colour, 2)
    within = f"half within {milliseconds(half)} ms, 99 % within {milliseconds(most)} ms"
    plane.drawing.dot((at, low), style, f"{series.name}, {rounded(round_.rate_reached)} per second: {within}", 5)
    missed = "× " if round_.rate_reached < _REACHED * round_.rate_wanted else ""
    plane.drawing.text((at, high - 6), f"{missed}{milliseconds(most)}", "middle", "ink")
