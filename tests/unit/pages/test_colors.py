"""Swatches for the names of colors."""

from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ("Чёрный", "black"),
        ("че\u0308рныи\u0306", "black"),
        ("черный металлик", "black"),
        ("тёмно-синий", "blue"),
        ("серебристая", "silver"),
        ("серый", "grey"),
        ("White", "white"),
        ("040", ""),
        ("", ""),
    ],
)
def test_swatches(color: str, expected: str) -> None:
    from partsearch.django_service.pages.colors import swatch

    assert swatch(color) == expected


def test_every_suggested_color_has_a_swatch_and_every_swatch_a_style() -> None:
    from partsearch.django_service import pages
    from partsearch.django_service.pages.colors import SUGGESTED, SWATCHES, swatch

    style = (Path(pages.__file__).parent / "static/web/attributes.css").read_text()
    assert all(swatch(name) for name, _ in SUGGESTED)
    assert all(f".swatch-{name} " in style for name in SWATCHES)
