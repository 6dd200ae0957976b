"""Every chart that a run has something for."""

from collections.abc import Iterator

from partsearch.bench.charts.fixed_rate import fixed_rate_chart
from partsearch.bench.charts.growth import growth_charts
from partsearch.bench.charts.percentiles import percentiles_chart
from partsearch.bench.charts.rounds import rounds_chart
from partsearch.bench.charts.time_budget import time_budget_chart
from partsearch.bench.record import Run
from partsearch.charts.chart import Chart


def charts_of(run: Run) -> Iterator[Chart]:
    """The charts, in the order in which the report has them."""
    for make in (rounds_chart, percentiles_chart, fixed_rate_chart, time_budget_chart):
        chart = make(run)
        if chart:
            yield chart
    yield from growth_charts(run)
