"""The CPU time of a search by process group."""

from partsearch.bench.analysis.comparison import main_scenario
from partsearch.bench.analysis.figures import Cost, cost_of
from partsearch.bench.formatting import milliseconds, plain_milliseconds, target_name
from partsearch.bench.record import Run, Target
from partsearch.bench.report.charts.target_style import service_colour
from partsearch.charts.chart import Chart, Plane, at_both_widths
from partsearch.charts.drawing import Drawing, text_width
from partsearch.charts.scale import Scale, linear

_BAR, _ROW, _FOOT = 24, 52, 46
_GROUPS = {"postgres": "PostgreSQL", "nginx": "Nginx", "generator": "load generator", "other": "other programs"}
_COLOURS = {"other": "rest"}
_KEY_LINE = 18


def time_budget_chart(run: Run) -> Chart | None:
    """Return the chart of the main scenario; ``None`` where the processes were not observed."""
    scenario = main_scenario(run)
    costs = [(target, cost) for target in run.targets if scenario and (cost := cost_of(run, target.name, scenario))]
    if not costs:
        return None
    return at_both_widths(
        "time-budget",
        f"CPU time of a search: {scenario}",
        "CPU time of all processes over the rounds, divided by the searches. The generator runs on the same machine.",
        lambda width: _draw(costs, width),
    )


def _draw(costs: list[tuple[Target, Cost]], width: int) -> str:
    drawing = Drawing(width, 0)
    top = _draw_legend(drawing, costs)
    totals = [sum(seconds for *_, seconds in _segments(target, cost)) for target, cost in costs]
    scale = linear(totals, 0, width - 52)
    bottom = top + len(costs) * _ROW
    plane = Plane(drawing, scale, Scale(0, 1, bottom, top))
    for value in scale.ticks(4):
        drawing.line((scale.position(value), top), (scale.position(value), bottom))
    plane.draw_x_labels({value: plain_milliseconds(value) for value in scale.ticks(4) if value})
    drawing.text((0, bottom + 18), "ms of CPU")
    for number, ((target, cost), total) in enumerate(zip(costs, totals, strict=True)):
        y = top + number * _ROW
        drawing.text((0, y + 15), target_name(target), colour="ink", is_strong=True)
        _draw_bar(drawing, scale, y + 21, _segments(target, cost))
        drawing.text((scale.position(total) + 6, y + 21 + 16), milliseconds(total), colour="ink")
    drawing.height = round(bottom + _FOOT - 18)
    return drawing.svg("CPU time of a search by service and process group")


def _draw_legend(drawing: Drawing, costs: list[tuple[Target, Cost]]) -> float:
    """Draw a square and a name for each process group; return the bottom of the last line."""
    used = {name: colour for target, cost in costs for name, colour, _ in _segments(target, cost) if target.service}
    services = [name for name in used if name not in _GROUPS.values()]
    left, y = 0.0, 4.0
    for name in (*services, *(group for group in _GROUPS.values() if group in used)):
        width = 22 + text_width(name)
        if left and left + width > drawing.width:
            left, y = 0.0, y + _KEY_LINE
        drawing.box((left, y), (10, 10), used[name])
        drawing.text((left + 15, y + 9), name, colour="ink")
        left += width + 6
    return y + _KEY_LINE + 6


def _draw_bar(drawing: Drawing, scale: Scale, top: float, segments: list[tuple[str, str, float]]) -> None:
    left = 0.0
    for name, colour, seconds in segments:
        size = scale.position(seconds)
        words = milliseconds(seconds)
        drawing.box((left, top), (size - 1, _BAR), colour, tip=f"{name}: {words} ms")
        if size > text_width(words) + 6:
            drawing.text((left + size / 2, top + 16), words, "middle", "ink" if colour == "rest" else "sheet")
        left += size


def _segments(target: Target, cost: Cost) -> list[tuple[str, str, float]]:
    """Return the process groups, their colours, and their seconds per search."""
    service = target.service or ""
    segments = []
    if service in cost.cpu_per_request:
        name = target_name(target).removesuffix(" through Nginx")
        segments.append((name, service_colour(service), cost.cpu_per_request[service]))
    for group, name in _GROUPS.items():
        if cost.cpu_per_request.get(group):
            segments.append((name, _COLOURS.get(group, group), cost.cpu_per_request[group]))
    return segments
