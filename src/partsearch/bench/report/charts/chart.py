"""What all charts have in common: their two widths, the key of the targets, the plane with its axes."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from partsearch.bench.report.charts.drawing import TEXT_SIZE, Drawing, text_width
from partsearch.bench.report.charts.palette import Style
from partsearch.bench.report.charts.scale import Scale

WIDE, NARROW = 880, 340
_TEXT_MIDDLE = 4
_LABEL_HEIGHT = 15
_BETWEEN_NAMES = 6


@dataclass(frozen=True)
class Chart:
    """A chart at both widths.

    Attributes:
        name: of its files.
        title: what it shows.
        caption: how to read it.
        wide: SVG for a desktop, in colours of the palette.
        narrow: SVG for a phone.
    """

    name: str
    title: str
    caption: str
    wide: str
    narrow: str


def at_both_widths(name: str, title: str, caption: str, draw: Callable[[int], str]) -> Chart:
    """A chart from what draws it at a width."""
    return Chart(name, title, caption, draw(WIDE), draw(NARROW))


@dataclass(frozen=True)
class Plane:
    """A drawing with a horizontal and a vertical axis."""

    drawing: Drawing
    x: Scale
    y: Scale

    def horizontal_lines(self, name: Callable[[float], str], about: int = 5) -> None:
        """A line across the plane, and its name to the left, for round values."""
        for value in self.y.ticks(about):
            at = self.y.place(value)
            self.drawing.line((self.x.start, at), (self.x.end, at))
            self.drawing.text((self.x.start - 8, at + _TEXT_MIDDLE), name(value), "end")

    def vertical_names(self, names: Mapping[float, str]) -> None:
        """Names under the plane, with a short line each; from the right, and none that would touch the one before."""
        free_to = math.inf
        for value, name in sorted(names.items(), reverse=True):
            at, half = self.x.place(value), text_width(name) / 2
            self.drawing.line((at, self.y.start), (at, self.y.start + 5))
            if at + half < free_to:
                middle = min(max(at, half), self.drawing.width - half)
                self.drawing.text((middle, self.y.start + 18), name, "middle")
                free_to = at - half - _BETWEEN_NAMES

    def titles(self, vertical: str, horizontal: str) -> None:
        """What the axes are: the vertical one above the plane, the horizontal one below it."""
        self.drawing.text((0, TEXT_SIZE), vertical, colour="ink", is_strong=True)
        self.drawing.text((self.x.end, self.y.start + 36), horizontal, "end")


def draw_key(drawing: Drawing, top: float, keys: Sequence[tuple[str, Style]]) -> float:
    """Dots with names in as many lines as they need; returns where the last line ends."""
    left, y = 6.0, top + _LABEL_HEIGHT / 2
    for name, style in keys:
        width = 26 + text_width(name)
        if left > 6 and left + width > drawing.width:
            left, y = 6.0, y + _LABEL_HEIGHT + 3
        drawing.dot((left, y), style, name)
        drawing.text((left + 10, y + _TEXT_MIDDLE), name, colour="ink")
        left += width
    return y + _LABEL_HEIGHT / 2
