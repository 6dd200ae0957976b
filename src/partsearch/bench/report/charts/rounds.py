"""Every round of every target as a dot, on a band as wide as the noise."""

import math
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from partsearch.bench.analysis.comparison import comparisons, noise_of
from partsearch.bench.formatting import percent, plain, rounded, target_name
from partsearch.bench.record import Round, Run
from partsearch.bench.report.charts.target_style import style_of
from partsearch.charts.chart import Chart, Plane, at_both_widths, draw_legend
from partsearch.charts.drawing import Drawing, text_width
from partsearch.charts.palette import Style
from partsearch.charts.scale import Scale, logarithmic

_LANE, _HEADING, _GAP, _FOOT = 15, 20, 12, 44
_MEDIAN_REACH = 6
_BAND_OPACITY = 0.16
_PIXELS_A_TICK = 90


@dataclass(frozen=True)
class _Lane:
    name: str
    style: Style
    rounds: tuple[Round, ...]

    @property
    def rates(self) -> list[float]:
        return [round_.rate for round_ in self.rounds]


_Row = tuple[str, str, list[_Lane]]


def rounds_chart(run: Run) -> Chart | None:
    """Return the chart; ``None`` where no round has an answer."""
    rows = _rows(run)
    if not any(rate > 0 for _, _, lanes in rows for lane in lanes for rate in lane.rates):
        return None
    noise = noise_of(run)
    return at_both_widths(
        "rounds",
        "Every round",
        f"A dot is one round, the stroke is their median. {_about_bands(noise)} An × counts rounds without an answer.",
        lambda width: _draw(run, rows, noise, width),
    )


def _about_bands(noise: float | None) -> str:
    if noise is None:
        return "The noise was not measured."
    if math.isinf(noise):
        return "There are no bands: a round of A/A had no answer."
    return f"Bands are as wide as the noise, {percent(noise)}; where they overlap, the difference is noise."


def _rows(run: Run) -> list[_Row]:
    styles = {target.name: style_of(target, run.targets) for target in run.targets}
    names = {target.name: target_name(target) for target in run.targets}
    words = {
        scenario: "; ".join(comparison.words for comparison in group if not comparison.target.is_through_nginx)
        for scenario, group in groupby(comparisons(run), key=lambda comparison: comparison.scenario)
    }
    rows: list[_Row] = []
    for scenario in [each.name for each in run.scenarios]:
        lanes = [
            _Lane(names[target.name], styles[target.name], rounds)
            for target in run.targets
            if (rounds := run.rounds_of(target.name, scenario))
        ]
        if lanes:
            rows.append((scenario, words.get(scenario, ""), lanes))
    for noise in [each for each in run.noise if each.target in names and each.first and each.second]:
        twice = [_Lane(names[noise.target], styles[noise.target], rounds) for rounds in (noise.first, noise.second)]
        rows.append((f"{noise.scenario}, {names[noise.target]} twice", "noise alone", twice))
    return rows


def _draw(run: Run, rows: list[_Row], noise: float | None, width: int) -> str:
    drawing = Drawing(width, 0)
    keys = {target_name(target): style_of(target, run.targets) for target in run.targets}
    top = draw_legend(drawing, 0, list(keys.items())) + _GAP
    bottom = top + sum(_HEADING + _LANE * len(lanes) + _GAP for _, _, lanes in rows)
    scale = logarithmic([rate for _, _, lanes in rows for lane in lanes for rate in lane.rates], 8, width - 8)
    ticks = {value: plain(value) for value in scale.ticks(width // _PIXELS_A_TICK)}
    for value in ticks:
        drawing.line((scale.position(value), top), (scale.position(value), bottom))
    y = top
    for heading, words, lanes in rows:
        _draw_row(drawing, scale, y, (heading, words), lanes, noise)
        y += _HEADING + _LANE * len(lanes) + _GAP
    plane = Plane(drawing, scale, Scale(0, 1, bottom, top))
    plane.draw_x_labels(ticks)
    plane.draw_titles("", "searches per second, on a logarithmic axis")
    drawing.height = round(bottom + _FOOT)
    return drawing.svg("Rates of every round by search and service, with the noise around their medians")


def _draw_row(
    drawing: Drawing, scale: Scale, top: float, words: tuple[str, str], lanes: list[_Lane], noise: float | None
) -> None:
    """Draw a scenario: its name, its result if there is room, and a lane for each target."""
    drawing.line((0, top), (drawing.width, top))
    drawing.text((0, top + _HEADING - 5), words[0], colour="ink", is_strong=True)
    if text_width(" ".join(words)) < drawing.width:
        drawing.text((drawing.width, top + _HEADING - 5), words[1], "end")
    for number, lane in enumerate(lanes):
        _draw_lane(drawing, scale, top + _HEADING + (number + 0.5) * _LANE, lane, noise)


def _draw_lane(drawing: Drawing, scale: Scale, middle: float, lane: _Lane, noise: float | None) -> None:
    center = median(lane.rates)
    if center > 0:
        if noise and math.isfinite(noise):
            # Bands of two targets touch where the ratio of their medians is just the noise.
            half = math.sqrt(1 + noise)
            left, right = scale.position(center / half), scale.position(center * half)
            drawing.box((left, middle - _LANE / 2), (right - left, _LANE), lane.style.colour, _BAND_OPACITY)
        at = scale.position(center)
        drawing.line((at, middle - _MEDIAN_REACH), (at, middle + _MEDIAN_REACH), lane.style.colour, 2)
    if 0 in lane.rates:
        drawing.text((scale.start, middle + 4), f"× {lane.rates.count(0)}", colour="error")
    for round_ in lane.rounds:
        if round_.rate > 0:
            tip = f"{lane.name}, round {round_.number}: {rounded(round_.rate)} per second"
            drawing.dot((scale.position(round_.rate), middle), lane.style, tip)
