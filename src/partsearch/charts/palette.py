"""The colours of the reports and of their charts, by name, for the light and the dark scheme."""

import re
from dataclasses import dataclass

LIGHT = {
    "paper": "#f3f1ea",
    "sheet": "#fcfbf7",
    "ink": "#1b2327",
    "muted": "#566067",
    "line": "#d8d4c7",
    "error": "#a51d1d",
    "good": "#1f7a48",
    "blue": "#1f5fa8",
    "green": "#1f7a48",
    "django": "#0f7a55",
    "fastapi": "#c2410c",
    "django_plain": "#4d7c0f",
    "fastapi_plain": "#be185d",
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
    "error": "#ffb1a6",
    "good": "#8fe0ae",
    "blue": "#7db8f5",
    "green": "#8fe0ae",
    "django": "#5fd3a5",
    "fastapi": "#ff9a5c",
    "django_plain": "#bef264",
    "fastapi_plain": "#f9a8d4",
    "third": "#a5b4fc",
    "fourth": "#f0abfc",
    "postgres": "#6cb2f7",
    "nginx": "#e0c15a",
    "generator": "#7d8fa0",
    "rest": "#44586b",
}


@dataclass(frozen=True)
class Style:
    """How a series is drawn: its colour, and whether its dots are hollow and its curve is dashed."""

    colour: str
    is_outlined: bool = False


def css_variables(colours: dict[str, str]) -> str:
    """Return the colours as CSS variables."""
    return " ".join(f"--{name}: {value};" for name, value in colours.items())


def fill_colours(svg: str, colours: dict[str, str]) -> str:
    """Return a drawing with its colours filled in, for a file that no style sheet belongs to."""
    return re.sub(r"var\(--(\w+)\)", lambda found: colours[found[1]], svg)
