"""The positions of values on the axes of the charts."""

import pytest

from partsearch.bench.report.charts.percentiles import latency_curve, nines
from partsearch.charts.scale import Scale, linear, logarithmic


def test_a_linear_axis_begins_at_zero_and_ends_at_a_round_value() -> None:
    scale = linear([3.0, 1870.0], 300, 100)
    assert (scale.low, scale.high) == (0, 2000)
    assert [scale.position(value) for value in (0, 1000, 2000)] == [300, 200, 100]
    assert scale.ticks() == [0, 500, 1000, 1500, 2000]


def test_a_logarithmic_axis_has_equal_steps_for_equal_factors() -> None:
    scale = logarithmic([0, 10, 1000], 0, 300, margin=1)
    assert [scale.position(value) for value in (10, 100, 1000)] == [0, 150, 300]
    assert scale.ticks(3) == [10, 100, 1000]
    assert scale.ticks(5) == pytest.approx([10, 20, 50, 100, 200, 500, 1000])


@pytest.mark.parametrize("scale", [linear([], 0, 1), linear([0.0], 0, 1), logarithmic([0.0], 0, 1)])
def test_an_axis_without_values_has_ticks(scale: Scale) -> None:
    assert scale.low < scale.high
    assert scale.ticks()


def test_the_axis_stretches_the_tail_of_the_latencies() -> None:
    assert [round(nines(percent), 3) for percent in (0, 90, 99, 99.9)] == [0, 1, 2, 3]
    found = latency_curve(((5_000, 9_800), (400_000, 200)))
    assert found[0] == (0, 0.005)
    assert found[-1] == (3, 0.4)
    assert next(at for at, seconds in found if seconds > 0.005) == pytest.approx(nines(98), abs=0.02)
