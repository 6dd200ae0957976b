"""Charts as SVG and PNG files."""

import re
from importlib.resources import as_file, files
from pathlib import Path

import resvg_py

from partsearch.charts.chart import Chart
from partsearch.charts.palette import LIGHT, fill_colours

_ZOOM = 2
_MARGIN = 20
_SIZE = re.compile(r'width="(\d+)" height="(\d+)" viewBox="[^"]*"')


def write_charts(charts: list[Chart], report: Path) -> Path:
    """Write every chart as SVG and PNG, on a light background for any document; return their folder.

    Args:
        charts: the charts.
        report: the file of the report NAME; the folder is NAME-charts beside it.
    """
    folder = report.with_name(f"{report.stem}-charts")
    folder.mkdir(parents=True, exist_ok=True)
    with as_file(files(__package__).joinpath("fonts")) as fonts:
        for chart in charts:
            svg = fill_colours(_with_background(chart), LIGHT)
            folder.joinpath(f"{chart.name}.svg").write_text(svg, encoding="utf-8")
            folder.joinpath(f"{chart.name}.png").write_bytes(_png(svg, fonts))
    return folder


def _with_background(chart: Chart) -> str:
    """Return the drawing with a margin and a background of its own: that of a document may be dark."""
    match = _SIZE.search(chart.wide)
    width, height = (int(size) + 2 * _MARGIN for size in match.groups()) if match else (0, 0)
    opening = f'width="{width}" height="{height}" viewBox="-{_MARGIN} -{_MARGIN} {width} {height}"'
    background = f'<rect x="-{_MARGIN}" y="-{_MARGIN}" width="{width}" height="{height}" fill="var(--sheet)"/>'
    before, after = _SIZE.sub(opening, chart.wide, count=1).split(">", 1)
    return f"{before}>{background}{after}"


def _png(svg: str, fonts: Path) -> bytes:
    """Return a drawing as PNG, with the font of this package: a server may have none."""
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=_ZOOM,
        skip_system_fonts=True,
        font_dirs=[str(fonts)],
        font_family="Roboto",
        sans_serif_family="Roboto",
    )
