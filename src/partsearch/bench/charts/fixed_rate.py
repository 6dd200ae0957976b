"""The latency at a fixed arrival rate, from the moment at which a search was to start."""

from dataclasses import dataclass

from partsearch.bench.charts.target_style import style_of
from partsearch.bench.histogram import percentile
from partsearch.bench.names import milliseconds, plain_milliseconds, rounded, target_name
from partsearch.bench.record import OpenLoopRound, Run
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
    """The chart of the first scenario that was asked so; ``None`` where no round of an open loop has an answer."""
    scenario = next((one.scenario for one in run.open_loop if one.latency), None)
    series = [
        _Series(target_name(target), style_of(target, run.targets), rounds)
        for target in run.targets
        if (rounds := [one for one in run.open_loop if (one.target, one.scenario) == (target.name, scenario)])
    ]
    if not any(one.latency for part in series for one in part.rounds):
        return None
    return at_both_widths(
        "fixed-rate",
        f"Latency at a fixed rate: {scenario}",
        "The dot is the median, the end of the stroke the 99th percentile, from the moment at which a search was"
        " to start. The share is that of the slower service's throughput; an × says that the rate was not reached.",
        lambda width: _draw(series, width),
    )


def _draw(series: list[_Series], width: int) -> str:
    drawing = Drawing(width, 0)
    drawing.text((0, TEXT_SIZE), "ms", colour="ink", is_strong=True)
    top = draw_legend(drawing, 22, [(one.name, one.style) for one in series]) + 14
    bottom = top + _PLANE_HEIGHT
    rounds = [one for part in series for one in part.rounds]
    rates = sorted({(one.share, one.rate_wanted) for one in rounds})
    values = [found for one in rounds for at in (_HALF, _MOST) if (found := percentile(one.latency, at))]
    x = Scale(-0.5, len(rates) - 0.5, _LEFT, width - _RIGHT)
    plane = Plane(drawing, x, logarithmic(values, bottom, top, 1.4))
    plane.draw_grid(plain_milliseconds)
    unit = " a second" if width > _WIDE_FROM else "/s"
    for place, (share, rate) in enumerate(rates):
        drawing.text((x.position(place), bottom + 18), f"{share * 100:g} %", "middle", "ink")
        drawing.text((x.position(place), bottom + 34), f"{rounded(rate)}{unit}", "middle")
    beside = min(_WIDEST_BESIDE, (x.end - x.start) / len(rates) / len(series) * _BESIDE_SHARE)
    for number, part in enumerate(series):
        aside = (number - (len(series) - 1) / 2) * beside
        for one in part.rounds:
            _draw_round(plane, one, x.position(rates.index((one.share, one.rate_wanted))) + aside, part)
    drawing.height = round(bottom + _FOOT)
    return drawing.svg("Median and 99th percentile of the latency at fixed rates, by service")


def _draw_round(plane: Plane, one: OpenLoopRound, at: float, series: _Series) -> None:
    half, most, style = percentile(one.latency, _HALF), percentile(one.latency, _MOST), series.style
    if not half or not most:
        return
    low, high = plane.y.position(half), plane.y.position(most)
    plane.drawing.line((at, low), (at, high), style.colour, 2)
    plane.drawing.line((at - 5, high), (at + 5, high), style.colour, 2)
    within = f"half within {milliseconds(half)} ms, 99 % within {milliseconds(most)} ms"
    plane.drawing.dot((at, low), style, f"{series.name}, {rounded(one.rate_reached)} a second: {within}", 5)
    missed = "× " if one.rate_reached < _REACHED * one.rate_wanted else ""
    plane.drawing.text((at, high - 6), f"{missed}{milliseconds(most)}", "middle", "ink")
