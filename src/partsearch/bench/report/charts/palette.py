"""The colours of the report and of its charts, by name, for light and for dark."""

import re
from dataclasses import dataclass

from partsearch.bench.record import Target

LIGHT = {
    "paper": "#f3f1ea",
    "sheet": "#fcfbf7",
    "ink": "#1b2327",
    "muted": "#566067",
    "line": "#d8d4c7",
    "fault": "#a51d1d",
    "good": "#1f7a48",
    "django": "#0f7a55",
    "fastapi": "#c2410c",
    "third": "#4338ca",
    "fourth": "#a21caf",
    "postgres": "#2b6cb0",
    "nginx": "#8a6d1f",
    "generator": "#8b95a1",
    "rest": "#c9cdd2",
}
DARK = {
    "paper": "#0d1a27",
    "sheet": "#132435",
    "ink": "#e9eff4",
    "muted": "#a3b5c4",
    "line": "#294259",
    "fault": "#ffb1a6",
    "good": "#8fe0ae",
    "django": "#5fd3a5",
    "fastapi": "#ff9a5c",
    "third": "#a5b4fc",
    "fourth": "#f0abfc",
    "postgres": "#6cb2f7",
    "nginx": "#e0c15a",
    "generator": "#7d8fa0",
    "rest": "#44586b",
}
_OTHERS = ("third", "fourth")


@dataclass(frozen=True)
class Style:
    """How a target is drawn: its colour, and whether outlined and dashed, as those behind Nginx are."""

    colour: str
    is_outlined: bool


def style_of(target: Target, targets: tuple[Target, ...]) -> Style:
    """The style of one of the targets of a run; the same in every chart."""
    if target.service:
        return Style(target.service, target.is_through_nginx)
    others = [one.name for one in targets if one.service is None]
    return Style(_OTHERS[others.index(target.name) % len(_OTHERS)], is_outlined=False)


def variables(colours: dict[str, str]) -> str:
    """The colours as CSS variables."""
    return " ".join(f"--{name}: {value};" for name, value in colours.items())


def coloured(svg: str, colours: dict[str, str]) -> str:
    """A drawing with its colours in it, for a file of its own."""
    return re.sub(r"var\(--(\w+)\)", lambda found: colours[found[1]], svg)
