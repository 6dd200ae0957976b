"""What all charts share: their two widths, the legend, and the plane with its axes."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from partsearch.charts.drawing import TEXT_SIZE, Drawing, text_width
from partsearch.charts.palette import Style
from partsearch.charts.scale import Scale

WIDE, NARROW = 880, 340
_TEXT_MIDDLE = 4
_LEGEND_HEIGHT = 15
_LABEL_GAP = 6


@dataclass(frozen=True)
class Chart:
    """A chart at both widths.

    Attributes:
        name: the stem of its files.
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
    """Return a chart; ``draw`` returns its SVG at a width."""
    return Chart(name, title, caption, draw(WIDE), draw(NARROW))


@dataclass(frozen=True)
class Plane:
    """A drawing with a horizontal and a vertical axis."""

    drawing: Drawing
    x: Scale
    y: Scale

    def draw_grid(self, label: Callable[[float], str], count: int = 5) -> None:
        """Draw about ``count`` horizontal lines at round values, each with its label to the left."""
        for value in self.y.ticks(count):
            at = self.y.position(value)
            self.drawing.line((self.x.start, at), (self.x.end, at))
            self.drawing.text((self.x.start - 8, at + _TEXT_MIDDLE), label(value), "end")

    def draw_x_labels(self, labels: Mapping[float, str]) -> None:
        """Draw labels below the plane with a tick each, from the right; a label that would overlap is left out."""
        free_to = math.inf
        for value, label in sorted(labels.items(), reverse=True):
            at, half = self.x.position(value), text_width(label) / 2
            self.drawing.line((at, self.y.start), (at, self.y.start + 5))
            if at + half < free_to:
                middle = min(max(at, half), self.drawing.width - half)
                self.drawing.text((middle, self.y.start + 18), label, "middle")
                free_to = at - half - _LABEL_GAP

    def draw_titles(self, vertical: str, horizontal: str) -> None:
        """Draw the titles of the axes: the vertical one above the plane, the horizontal one below it."""
        self.drawing.text((0, TEXT_SIZE), vertical, colour="ink", is_strong=True)
        self.drawing.text((self.x.end, self.y.start + 36), horizontal, "end")


def draw_legend(drawing: Drawing, top: float, entries: Sequence[tuple[str, Style]]) -> float:
    """Draw dots with names in as many lines as they need; return the bottom of the last line."""
    left, y = 6.0, top + _LEGEND_HEIGHT / 2
    for name, style in entries:
        width = 26 + text_width(name)
        if left > 6 and left + width > drawing.width:
            left, y = 6.0, y + _LEGEND_HEIGHT + 3
        drawing.dot((left, y), style, name)
        drawing.text((left + 10, y + _TEXT_MIDDLE), name, colour="ink")
        left += width
    return y + _LEGEND_HEIGHT / 2
