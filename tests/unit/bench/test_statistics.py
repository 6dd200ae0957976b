"""The coverage of the intervals, and what counts as a difference."""

import random

import pytest

from partsearch.bench.analysis import statistics
from partsearch.bench.analysis.statistics import Ratio, paired_ratio, unpaired_ratio

_ROUNDS = 5
_TIMES = 200
_TRUE_RATIO = 2.0


@pytest.fixture
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use fewer resamples: enough for the coverage, and fast."""
    monkeypatch.setattr(statistics, "_RESAMPLES", 1000)


def _rates(chance: random.Random, rate: float) -> list[float]:
    return [rate * chance.lognormvariate(0, 0.05) for _ in range(_ROUNDS)]


@pytest.mark.parametrize("ratio_of", [paired_ratio, unpaired_ratio])
@pytest.mark.usefixtures("few_resamples")
def test_the_interval_of_five_rounds_nearly_always_contains_the_true_ratio(ratio_of: type[Ratio]) -> None:
    chance = random.Random(1)
    found = [ratio_of(_rates(chance, 200), _rates(chance, 100)) for _ in range(_TIMES)]
    assert sum(one.low <= _TRUE_RATIO <= one.high for one in found) >= 0.9 * _TIMES


@pytest.mark.usefixtures("few_resamples")
def test_equal_targets_rarely_differ() -> None:
    chance = random.Random(2)
    found = [paired_ratio(_rates(chance, 100), _rates(chance, 100)) for _ in range(_TIMES)]
    assert sum(one is not None and one.exceeds(0) for one in found) <= 0.1 * _TIMES


def test_a_drift_of_both_does_not_widen_the_interval() -> None:
    drift = [1.0, 0.8, 0.6, 0.9, 0.7]
    found = paired_ratio([200 * factor for factor in drift], [100 * factor for factor in drift])
    assert found == Ratio(2.0, 2.0, 2.0, _ROUNDS)


def test_the_same_rounds_have_the_same_result() -> None:
    values, baseline = [210.0, 190, 205, 199, 202], [101.0, 99, 100, 97, 104]
    assert paired_ratio(values, baseline) == paired_ratio(values, baseline)
    assert unpaired_ratio(values, baseline) == unpaired_ratio(values, baseline)


def test_a_difference_exceeds_the_noise_and_needs_more_than_one_round() -> None:
    assert Ratio(1.2, 1.1, 1.3, 5).exceeds(0.1)
    assert Ratio(0.8, 0.7, 0.9, 5).exceeds(0.1)
    assert not Ratio(1.2, 1.1, 1.3, 5).exceeds(0.25)
    assert not Ratio(0.8, 0.7, 0.9, 5).exceeds(0.3)
    assert not Ratio(1.2, 0.99, 1.3, 5).exceeds(0)
    assert not Ratio(1.2, 1.2, 1.2, 1).exceeds(0)


def test_the_noise_is_the_farther_end_of_the_interval() -> None:
    assert Ratio(1.0, 0.8, 1.1, 5).distance == pytest.approx(0.25)
    assert Ratio(1.0, 0.99, 1.1, 5).distance == pytest.approx(0.1)


def test_rounds_without_an_answer_are_not_left_out() -> None:
    """Three of five rounds have answers; some resamples contain none of them."""
    found = paired_ratio([2.0, 2.0, 2.0, 0.0, 0.0], [1.0] * 5)
    assert found == Ratio(2.0, 0.0, 2.0, 5)
    assert not found.exceeds(0.1)
    assert found.inverse == Ratio(0.5, 0.5, float("inf"), 5)
    assert found.distance == found.inverse.distance == float("inf")


@pytest.mark.parametrize("values", [[], [0.0, 0.0]])
def test_without_answers_there_is_no_ratio(values: list[float]) -> None:
    assert paired_ratio(values, [1.0, 2.0]) is None
    assert unpaired_ratio(values, [1.0, 2.0]) is None


def test_surplus_rounds_are_left_out() -> None:
    found = paired_ratio([2.0, 2.0, 2.0], [1.0, 1.0])
    assert found == Ratio(2.0, 2.0, 2.0, 2)
