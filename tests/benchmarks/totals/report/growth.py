"""The growth curves: how long searches take against the size of the catalog, both ways."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from partsearch.bench.formatting import milliseconds, plain, plain_milliseconds
from partsearch.charts.chart import Chart, Plane, at_both_widths, draw_legend
from partsearch.charts.drawing import Drawing
from partsearch.charts.palette import Style
from partsearch.charts.scale import logarithmic
from tests.benchmarks.totals.record import Entry
from tests.benchmarks.totals.report.breadth import BREADTHS, breadth_of

_PLANE_HEIGHT = 260
_LEFT, _RIGHT, _FOOT = 52, 20, 46
_MARGIN = 1.3
_COLOURS = ("fastapi", "postgres", "third")
_WAYS = {"chosen": ("exact totals", False), "parts": ("reading the parts", True)}


@dataclass(frozen=True)
class _Line:
    name: str
    style: Style
    points: tuple[tuple[int, float], ...]


def growth_charts(entries: list[Entry]) -> Iterator[Chart]:
    """Yield a chart for each shape that was measured at two sizes or more."""
    for shape in sorted({entry.shape for entry in entries}):
        measured = {
            entry.parts: entry.measured["mix"] for entry in entries if (entry.step, entry.shape) == ("ways", shape)
        }
        if len(measured) > 1:
            yield _chart(shape, measured)


def _chart(shape: str, measured: dict[int, dict[str, Any]]) -> Chart:
    lines = list(_lines(measured))
    return at_both_widths(
        f"growth-{shape}",
        f"Time of a search against the size of the catalog, shape {shape}",
        "Medians of the broad searches (5 % of the parts and more), the typical and the selective ones (below 0.1 %).",
        lambda width: _draw(lines, width),
    )


def _lines(measured: dict[int, dict[str, Any]]) -> Iterator[_Line]:
    """Yield a line for each breadth and way. A search keeps the breadth that it has in the largest catalog."""
    largest = measured[max(measured)]
    for colour, breadth in zip(_COLOURS, BREADTHS, strict=True):
        names = [name for name, found in largest.items() if breadth_of(found["count"], largest) == breadth]
        for way, (label, is_outlined) in _WAYS.items():
            points = tuple(
                (parts, median(median(searches[name][way]) for name in names))
                for parts, searches in sorted(measured.items())
                if names
            )
            if points:
                yield _Line(f"{breadth}, {label}", Style(colour, is_outlined), points)


def _draw(lines: list[_Line], width: int) -> str:
    drawing = Drawing(width, 0)
    top = draw_legend(drawing, 22, [(line.name, line.style) for line in lines]) + 14
    bottom = top + _PLANE_HEIGHT
    sizes = sorted({parts for line in lines for parts, _ in line.points})
    plane = Plane(
        drawing,
        logarithmic(sizes, _LEFT, width - _RIGHT, _MARGIN),
        logarithmic([seconds for line in lines for _, seconds in line.points], bottom, top, _MARGIN),
    )
    plane.draw_grid(plain_milliseconds)
    plane.draw_x_labels({parts: plain(parts) for parts in sizes})
    plane.draw_titles("ms, on a logarithmic axis", "parts")
    for line in lines:
        places = [(plane.x.position(parts), plane.y.position(seconds)) for parts, seconds in line.points]
        drawing.curve(places, line.style)
        for place, (parts, seconds) in zip(places, line.points, strict=True):
            drawing.dot(place, line.style, f"{line.name}, {parts:,} parts: {milliseconds(seconds)} ms")
    drawing.height = round(bottom + _FOOT)
    return drawing.svg("Time of a search against the size of the catalog, by breadth and way")
