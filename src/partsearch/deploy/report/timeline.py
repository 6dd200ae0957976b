"""The timeline of a deployment as SVG: weight, requests, errors, p99 and requests in flight, second by second."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from partsearch.charts.chart import WIDE, Plane
from partsearch.charts.drawing import Drawing, Point
from partsearch.charts.palette import Style
from partsearch.charts.scale import Scale, linear
from partsearch.deploy.state.record import DeploymentRecord, ReleaseStats, State, Step, TimelinePoint

_LEFT, _RIGHT = 56, 16
_TOP, _PANEL_HEIGHT, _GAP, _FOOT = 52, 110, 42, 32
_TITLE_GAP = 8
_STEP_LABEL_WIDTH = 80
_SECONDS_BEFORE = 3
_GRID_LINES = 2
_TIME_LABELS = 6
_ALL = 100
_AREA_OPACITY = 0.35

Value = Callable[[ReleaseStats], float]


def timeline_svg(record: DeploymentRecord) -> str:
    """Return the drawing; empty if the switch of the traffic lasted less than a second."""
    return _Timeline(record).draw() if record.timeline else ""


def step_label(step: Step) -> str:
    """Return the name of a step in the report."""
    return f"{step.weight} %" if step.state is State.ROLLING_OUT else step.state.label


@dataclass(frozen=True)
class _Timeline:
    """Four panels, one below the other, over the seconds since the deployment began."""

    record: DeploymentRecord

    def draw(self) -> str:
        """Return the SVG."""
        self._draw_steps()
        self._draw_weight(self._panel(0, "weight of the new release, %", [_ALL]))
        requests = self._draw_stats(1, "requests a second", lambda stats: stats.requests)
        self._draw_errors(requests)
        self._draw_stats(2, "p99, ms", lambda stats: stats.p99)
        last = self._draw_stats(3, "requests and sockets in flight", lambda stats: stats.in_flight)
        last.draw_x_labels({value: f"{value:,g} s" for value in self._x.ticks(_TIME_LABELS)})
        return self._drawing.svg("Timeline of the deployment")

    @cached_property
    def _drawing(self) -> Drawing:
        return Drawing(WIDE, _panel_top(3) + _PANEL_HEIGHT + _FOOT)

    @cached_property
    def _x(self) -> Scale:
        first, last = self.record.timeline[0].at, self.record.timeline[-1].at
        begin = max(0.0, self._seconds(first) - _SECONDS_BEFORE)
        end = self._seconds(max(last, self.record.ended or 0))
        return Scale(begin, max(end, begin + 1), _LEFT, WIDE - _RIGHT)

    def _seconds(self, at: float) -> float:
        return at - self.record.began

    def _x_of(self, point: TimelinePoint) -> float:
        return self._x.position(self._seconds(point.at))

    def _panel(self, number: int, title: str, values: list[float]) -> Plane:
        top = _panel_top(number)
        plane = Plane(self._drawing, self._x, linear(values, top + _PANEL_HEIGHT, top))
        plane.draw_grid(lambda value: f"{value:,g}", _GRID_LINES)
        self._drawing.text((_LEFT, top - _TITLE_GAP), title, colour="ink", is_strong=True)
        return plane

    def _draw_stats(self, number: int, title: str, value: Value) -> Plane:
        points = self.record.timeline
        plane = self._panel(number, title, [value(stats) for point in points for stats in (point.old, point.new)])
        for slot, values in (
            (self.record.old_slot, [value(point.old) for point in points]),
            (self.record.new_slot, [value(point.new) for point in points]),
        ):
            curve = [(self._x_of(point), plane.y.position(y)) for point, y in zip(points, values, strict=True)]
            self._drawing.curve(curve, Style(str(slot)))
        return plane

    def _draw_weight(self, plane: Plane) -> None:
        points = self.record.timeline
        corners: list[Point] = [(self._x_of(points[0]), plane.y.start)]
        weight = 0
        for point in points:
            x = self._x_of(point)
            corners += [(x, plane.y.position(weight)), (x, plane.y.position(point.weight))]
            weight = point.weight
        corners.append((self._x_of(points[-1]), plane.y.start))
        self._drawing.area(corners, str(self.record.new_slot), _AREA_OPACITY)

    def _draw_errors(self, requests: Plane) -> None:
        """Mark every second that had errors below the panel of the requests."""
        for point in self.record.timeline:
            errors = point.old.errors + point.new.errors
            if errors:
                self._drawing.text((self._x_of(point), requests.y.start + 12), f"×{errors}", "middle", "error")

    def _draw_steps(self) -> None:
        """Draw a line where a step begins, with its name if the name before leaves room."""
        free_from = 0.0
        for step in self.record.steps:
            if self._seconds(step.began) < self._x.low:
                continue
            x = self._x.position(self._seconds(step.began))
            self._drawing.line((x, 14), (x, _panel_top(3) + _PANEL_HEIGHT), "muted", is_dotted=True)
            if free_from <= x <= WIDE - _STEP_LABEL_WIDTH:
                self._drawing.text((x + 3, 12), step_label(step))
                free_from = x + _STEP_LABEL_WIDTH


def _panel_top(number: int) -> int:
    return _TOP + number * (_PANEL_HEIGHT + _GAP)
