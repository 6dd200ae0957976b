"""The charts of a run."""

from collections.abc import Iterator

from partsearch.bench.record import Run
from partsearch.bench.report.charts.fixed_rate import fixed_rate_chart
from partsearch.bench.report.charts.growth import growth_charts
from partsearch.bench.report.charts.percentiles import percentiles_chart
from partsearch.bench.report.charts.rounds import rounds_chart
from partsearch.bench.report.charts.time_budget import time_budget_chart
from partsearch.charts.chart import Chart


def charts_of(run: Run) -> Iterator[Chart]:
    """Yield the charts that the run has data for, in the order of the report."""
    for make in (rounds_chart, percentiles_chart, fixed_rate_chart, time_budget_chart):
        chart = make(run)
        if chart:
            yield chart
    yield from growth_charts(run)
