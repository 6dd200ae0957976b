"""The latency at a fixed arrival rate, from the moment at which a search was to start."""

from partsearch.bench.charts.chart import Chart, Plane, at_both_widths, draw_key
from partsearch.bench.charts.drawing import Drawing
from partsearch.bench.charts.palette import Style, style_of
from partsearch.bench.charts.scale import Scale, logarithmic
from partsearch.bench.histogram import percentile
from partsearch.bench.names import milliseconds, plain_milliseconds, rounded, target_name
from partsearch.bench.record import OpenLoopRound, Run

_PLANE_HEIGHT = 240
_LEFT, _RIGHT, _FOOT = 52, 16, 62
_HALF, _MOST = 50.0, 99.0
_REACHED = 0.98
_WIDEST_BESIDE = 56.0
_BESIDE_SHARE = 0.8
_WIDE_FROM = 600


def fixed_rate_chart(run: Run) -> Chart | None:
    """The chart; ``None`` where no round of an open loop has an answer."""
    rounds = [one for one in run.open_loop if one.latency]
    if not rounds:
        return None
    return at_both_widths(
        "fixed-rate",
        f"Latency at a fixed rate: {rounds[0].scenario}",
        "The dot is the median, the end of the stroke the 99th percentile, from the moment at which a search was"
        " to start. The share is that of the slower service's throughput; an × says that the rate was not reached.",
        lambda width: _draw(run, rounds, width),
    )


def _draw(run: Run, rounds: list[OpenLoopRound], width: int) -> str:
    drawing = Drawing(width, 0)
    targets = [one for one in run.targets if any(round_.target == one.name for round_ in rounds)]
    styles = {one.name: style_of(one, run.targets) for one in targets}
    names = {one.name: target_name(one) for one in targets}
    top = draw_key(drawing, 22, [(names[name], style) for name, style in styles.items()]) + 14
    bottom = top + _PLANE_HEIGHT
    shares = sorted({(one.share, one.rate_wanted) for one in rounds})
    places = {share: number for number, share in enumerate(shares)}
    values = [found for one in rounds for at in (_HALF, _MOST) if (found := percentile(one.latency, at))]
    x = Scale(-0.5, len(shares) - 0.5, _LEFT, width - _RIGHT)
    plane = Plane(drawing, x, logarithmic(values, bottom, top, 1.4))
    plane.horizontal_lines(plain_milliseconds)
    for share, place in places.items():
        at = x.place(place)
        drawing.text((at, bottom + 18), f"{share[0] * 100:g} %", "middle", "ink")
        drawing.text(
            (at, bottom + 34),
            f"{rounded(share[1])} a second" if width > _WIDE_FROM else f"{rounded(share[1])}/s",
            "middle",
        )
    drawing.text((0, 12), "ms", colour="ink", is_strong=True)
    beside = min(_WIDEST_BESIDE, (x.end - x.start) / len(shares) / len(targets) * _BESIDE_SHARE)
    aside = {name: (number - (len(targets) - 1) / 2) * beside for number, name in enumerate(styles)}
    for one in rounds:
        at = x.place(places[one.share, one.rate_wanted]) + aside[one.target]
        _draw_round(plane, one, at, names[one.target], styles[one.target])
    drawing.height = round(bottom + _FOOT - 14)
    return drawing.svg("Median and 99th percentile of the latency at fixed rates, by service")


def _draw_round(plane: Plane, one: OpenLoopRound, at: float, name: str, style: Style) -> None:
    half, most = percentile(one.latency, _HALF) or 0.0, percentile(one.latency, _MOST) or 0.0
    low, high = plane.y.place(half), plane.y.place(most)
    plane.drawing.line((at, low), (at, high), style.colour, 2)
    plane.drawing.line((at - 5, high), (at + 5, high), style.colour, 2)
    within = f"half within {milliseconds(half)} ms, 99 % within {milliseconds(most)} ms"
    plane.drawing.dot((at, low), style, f"{name}, {rounded(one.rate_reached)} a second: {within}", 5)
    missed = "× " if one.rate_reached < _REACHED * one.rate_wanted else ""
    plane.drawing.text((at, high - 6), f"{missed}{milliseconds(most)}", "middle", "ink")
