"""A drawing as SVG: a few shapes in colours of the palette, which the page or the file fills in."""

from collections.abc import Sequence
from html import escape
from typing import Literal

from partsearch.charts.palette import Style

TEXT_SIZE = 12
Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
_FONTS = "system-ui, -apple-system, &quot;Segoe UI&quot;, Roboto, &quot;Noto Sans&quot;, sans-serif"
_DOT = 4
_LETTER = 6.6
_DOT_OPACITY = 0.75


class Drawing:
    """Shapes drawn one on top of the other. Positions are in pixels from the upper left corner.

    This module writes every element and escapes every text, so the SVG is safe to include in a page as it is.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def svg(self, label: str) -> str:
        """Return the drawing; ``label`` describes it to a screen reader."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}"'
            f' viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(label)}"'
            f' font-family="{_FONTS}" font-size="{TEXT_SIZE}">{"".join(self._parts)}</svg>'
        )

    def text(
        self, at: Point, text: str, anchor: Anchor = "start", colour: str = "muted", *, is_strong: bool = False
    ) -> None:
        """Write a text; ``at`` is the start, the end or the middle of its base line."""
        look = f'text-anchor="{anchor}" fill="var(--{colour})"' + (' font-weight="500"' if is_strong else "")
        self._parts.append(f'<text x="{at[0]}" y="{at[1]}" {look}>{escape(text)}</text>')

    def line(
        self, begin: Point, end: Point, colour: str = "line", width: float = 1, *, is_dotted: bool = False
    ) -> None:
        """Draw a straight line."""
        dots = ' stroke-dasharray="2 4"' if is_dotted else ""
        self._parts.append(
            f'<line x1="{begin[0]}" y1="{begin[1]}" x2="{end[0]}" y2="{end[1]}"'
            f' stroke="var(--{colour})" stroke-width="{width}"{dots}/>'
        )

    def curve(self, points: Sequence[Point], style: Style, width: float = 2) -> None:
        """Draw a line from point to point, dashed for an outlined style."""
        dash = ' stroke-dasharray="5 4"' if style.is_outlined else ""
        self._parts.append(
            f'<polyline points="{_coordinates(points)}" fill="none" stroke="var(--{style.colour})"'
            f' stroke-width="{width}" stroke-linejoin="round"{dash}/>'
        )

    def area(self, corners: Sequence[Point], colour: str, opacity: float = 1) -> None:
        """Draw a filled polygon."""
        self._parts.append(
            f'<polygon points="{_coordinates(corners)}" fill="var(--{colour})" fill-opacity="{opacity}"/>'
        )

    def dot(self, at: Point, style: Style, tip: str, size: float = _DOT) -> None:
        """Draw a dot, hollow for an outlined style, with ``tip`` as its tooltip."""
        fill = "sheet" if style.is_outlined else style.colour
        self._parts.append(
            f'<circle cx="{at[0]}" cy="{at[1]}" r="{size}" fill="var(--{fill})" stroke="var(--{style.colour})"'
            f' fill-opacity="{_DOT_OPACITY}" stroke-width="1.5"><title>{escape(tip)}</title></circle>'
        )

    def box(self, corner: Point, size: Point, colour: str, opacity: float = 1, tip: str = "") -> None:
        """Draw a filled rectangle from its upper left corner."""
        title = f"<title>{escape(tip)}</title>" if tip else ""
        self._parts.append(
            f'<rect x="{corner[0]}" y="{corner[1]}" width="{max(size[0], 0):.1f}" height="{size[1]}"'
            f' fill="var(--{colour})" fill-opacity="{opacity}">{title}</rect>'
        )


def text_width(text: str) -> float:
    """Return roughly how wide a text is, in pixels; fonts differ."""
    return len(text) * _LETTER


def _coordinates(points: Sequence[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
