"""The correction of wrk is undone exactly."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from partsearch.bench.analysis.histogram import (
    concurrency,
    correction_interval,
    longest,
    mean,
    merged,
    percentile,
    undo_correction,
)
from partsearch.bench.record import Histogram
from tests.unit.bench.runs import made_round


def corrected_as_wrk_does(measured: Histogram, interval: int) -> Histogram:
    """Return what ``stats_correct`` of wrk 4.1 makes of a histogram, step by step in ascending order."""
    counts = Counter(dict(measured))
    for value in range(2 * interval, max(counts) + 1):
        below = value - interval
        while counts[value] and below > interval:
            counts[below] += counts[value]
            below -= interval
    return tuple(sorted((value, count) for value, count in counts.items() if count))


@pytest.mark.parametrize("seed", range(20))
def test_the_correction_is_undone_exactly(seed: int) -> None:
    chance = random.Random(seed)
    interval = chance.randint(1, 60)
    values = [int(chance.expovariate(1 / 50)) + chance.choice([0, 400]) for _ in range(500)]
    measured = tuple(sorted(Counter(values).items()))
    given = corrected_as_wrk_does(measured, interval)
    assert given != measured
    assert undo_correction(given, interval) == measured


def test_a_histogram_without_added_samples_stays_as_it_is() -> None:
    assert correction_interval(seconds=10.0, requests=99, connections=100) == 0
    assert undo_correction(((5, 1), (10, 1)), 0) == ((5, 1), (10, 1))


def test_the_interval_is_in_whole_microseconds_as_in_wrk() -> None:
    assert correction_interval(seconds=3.000001, requests=1399, connections=100) == 3_000_001 // 13


def test_percentiles_in_seconds() -> None:
    histogram: Histogram = ((1000, 98), (400_000, 2))
    assert [percentile(histogram, percent) for percent in (50, 98, 99, 100)] == [0.001, 0.001, 0.4, 0.4]
    assert mean(histogram) == pytest.approx((98 * 0.001 + 2 * 0.4) / 100)
    assert longest(histogram) == 0.4
    assert (percentile((), 50), mean(()), longest(())) == (None, None, None)


def test_histograms_are_merged() -> None:
    assert merged(((1, 2), (5, 1)), ((1, 1), (3, 1))) == ((1, 3), (3, 1), (5, 1))


def test_concurrency_by_littles_law() -> None:
    assert concurrency(made_round(rate=1000)) == pytest.approx(100)
    assert concurrency(replace(made_round(rate=1000), latency=(), latency_mean=0.05)) == pytest.approx(50)
    assert concurrency(replace(made_round(rate=1000), latency=())) is None
