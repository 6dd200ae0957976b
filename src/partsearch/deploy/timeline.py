"""The timeline of an update as SVG: share, requests, errors, p99 and what is under way, second by second."""

import math
from collections.abc import Callable, Sequence
from html import escape

from partsearch.deploy.record import Moment, Record, SideCount, Step

_WIDTH, _LEFT, _RIGHT = 960, 64, 16
_TOP, _HEIGHT, _GAP, _BOTTOM = 52, 110, 42, 28
_BEFORE_SECONDS = 3
_LABEL_WIDTH = 64
_TICKS = 6
_ROUND = (1, 2, 5, 10)

Value = Callable[[SideCount], float]


def timeline(record: Record) -> str:
    """The drawing; empty where the switch had not lasted a second."""
    if not record.moments:
        return ""
    moments = record.moments
    began = max(record.began, moments[0].at - _BEFORE_SECONDS)
    scale = _Scale(began, max(moments[-1].at, record.ended or 0))
    panels = [
        _panel(0, "share of the new release, %", 100, _share(moments, scale, record)),
        _counts_panel(1, "requests a second", moments, scale, record, lambda side: side.requests),
        _counts_panel(2, "p99, ms", moments, scale, record, lambda side: side.p99),
        _counts_panel(3, "requests and sockets under way", moments, scale, record, lambda side: side.in_flight),
    ]
    height = _y(len(panels) - 1) + _HEIGHT + _BOTTOM
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Timeline of the update">'
        f"{_steps(record, scale, height)}{''.join(panels)}{_errors(moments, scale)}"
        f"{_seconds(record, scale, height)}</svg>"
    )


class _Scale:
    """From a time to its place on the x axis."""

    def __init__(self, began: float, ended: float) -> None:
        self.began = began
        self.seconds = max(ended - began, 1.0)

    def x(self, at: float) -> float:
        return round(_LEFT + (at - self.began) / self.seconds * (_WIDTH - _LEFT - _RIGHT), 1)


def _y(panel: int) -> int:
    return _TOP + panel * (_HEIGHT + _GAP)


def _height_of(panel: int, value: float, top: float) -> float:
    return round(_y(panel) + _HEIGHT - min(value / top, 1) * _HEIGHT, 1)


def _panel(panel: int, title: str, top: float, inside: str) -> str:
    y, bottom = _y(panel), _y(panel) + _HEIGHT
    lines = "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{at}" y2="{at}"/>'
        for at in (y, y + _HEIGHT / 2, bottom)
    )
    labels = "".join(
        f'<text class="tick" x="{_LEFT - 8}" y="{at + 4}" text-anchor="end">{value:,g}</text>'
        for at, value in ((y, top), (y + _HEIGHT / 2, top / 2), (bottom, 0))
    )
    return f'<text class="title" x="{_LEFT}" y="{y - 8}">{escape(title)}</text>{lines}{labels}{inside}'


def _counts_panel(
    panel: int, title: str, moments: Sequence[Moment], scale: _Scale, record: Record, value: Value
) -> str:
    top = _round_up(max(value(side) for moment in moments for side in (moment.old, moment.new)))
    drawn = ""
    for slot, side in ((record.old_slot, "old"), (record.new_slot, "new")):
        points = " ".join(
            f"{scale.x(moment.at)},{_height_of(panel, value(getattr(moment, side)), top)}" for moment in moments
        )
        drawn += f'<polyline class="line {slot}" points="{points}"/>'
    return _panel(panel, title, top, drawn)


def _share(moments: Sequence[Moment], scale: _Scale, record: Record) -> str:
    corners = []
    last = 0
    for moment in moments:
        x = scale.x(moment.at)
        corners += [f"{x},{_height_of(0, last, 100)}", f"{x},{_height_of(0, moment.share, 100)}"]
        last = moment.share
    bottom = _height_of(0, 0, 100)
    outline = f"{scale.x(moments[0].at)},{bottom} {' '.join(corners)} {scale.x(moments[-1].at)},{bottom}"
    return f'<polygon class="area {record.new_slot}" points="{outline}"/>'


def _errors(moments: Sequence[Moment], scale: _Scale) -> str:
    """A mark under the requests for every second that had errors."""
    y = _y(1) + _HEIGHT + 12
    return "".join(
        f'<text class="error" x="{scale.x(moment.at)}" y="{y}" text-anchor="middle">×{errors}</text>'
        for moment in moments
        if (errors := moment.old.errors + moment.new.errors)
    )


def _steps(record: Record, scale: _Scale, height: int) -> str:
    """A line where a step began, with its name where there is room for it."""
    drawn, free_from = "", 0.0
    for step in (step for step in record.steps if step.began >= scale.began):
        x = scale.x(step.began)
        drawn += f'<line class="step" x1="{x}" x2="{x}" y1="14" y2="{height - _BOTTOM}"/>'
        if free_from <= x <= _WIDTH - _LABEL_WIDTH:
            drawn += f'<text class="step" x="{x + 3}" y="12">{escape(step_name(step))}</text>'
            free_from = x + _LABEL_WIDTH
    return drawn


def step_name(step: Step) -> str:
    """The name of a step for people."""
    return f"{step.share} %" if step.state == "shifting" else str(step.state)


def _seconds(record: Record, scale: _Scale, height: int) -> str:
    """Round seconds since the update began, as the table of the steps counts them."""
    step = _round_up(scale.seconds / _TICKS)
    first = math.ceil((scale.began - record.began) / step)
    last = math.floor((scale.began - record.began + scale.seconds) / step)
    return "".join(
        f'<text class="tick" x="{scale.x(record.began + number * step)}" y="{height - 8}"'
        f' text-anchor="middle">{number * step:,g} s</text>'
        for number in range(first, last + 1)
    )


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, …"""
    power = 1.0
    while True:
        for digit in _ROUND:
            if value <= digit * power:
                return digit * power
        power *= 10
