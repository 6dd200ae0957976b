"""When the canary is worse than the baseline, for samples whose true distribution is known."""

import random
from collections.abc import Sequence

import pytest

from partsearch.deploy.canary.analysis import WINDOW_SAMPLES, WINDOW_SECONDS, CanaryAnalysis
from partsearch.deploy.canary.sample import Origin, ReleaseRole, Sample, p99, p99_lower_bound
from partsearch.deploy.canary.thresholds import Thresholds
from partsearch.deploy.errors import CanaryFailedError

_BASELINE, _CANARY = ReleaseRole.BASELINE, ReleaseRole.CANARY


def analysis(**thresholds: float) -> CanaryAnalysis:
    return CanaryAnalysis(Thresholds(**thresholds))  # type: ignore[arg-type]


def add(
    to: CanaryAnalysis,
    role: ReleaseRole,
    number: int,
    seconds: float = 0.01,
    *,
    errors: int = 0,
    origin: Origin = Origin.USER,
) -> None:
    for index in range(number):
        to.add(Sample(role, origin, seconds, is_error=index < errors))


def fails(one: CanaryAnalysis, now: float = 0) -> bool:
    try:
        one.check(now)
    except CanaryFailedError:
        return True
    return False


def fails_after(to: CanaryAnalysis, windows: Sequence[tuple[float, float]]) -> bool:
    """Return whether the canary fails after windows in which every response took so long: baseline, canary."""
    to.check(0)
    found = False
    for number, (baseline, canary) in enumerate(windows, 1):
        add(to, _BASELINE, WINDOW_SAMPLES, baseline)
        add(to, _CANARY, WINDOW_SAMPLES, canary)
        found = fails(to, number * WINDOW_SECONDS)
    return found


@pytest.mark.parametrize(
    ("baseline_errors", "canary_errors", "is_worse"),
    [(0, 2, False), (0, 3, True), (2, 4, False), (2, 5, True), (50, 100, False), (50, 101, True)],
)
def test_errors_count_from_three_on_and_above_twice_the_rate_of_the_baseline(
    baseline_errors: int, canary_errors: int, is_worse: bool
) -> None:
    one = analysis()
    add(one, _BASELINE, 1000, errors=baseline_errors)
    add(one, _CANARY, 1000, errors=canary_errors)
    assert fails(one) == is_worse


def test_the_rate_of_errors_counts_and_not_their_number() -> None:
    one = analysis()
    add(one, _BASELINE, 10_000, errors=100)
    add(one, _CANARY, 100, errors=3)
    assert fails(one)


def test_an_unreachable_database_at_the_last_step_is_not_an_error_of_the_canary() -> None:
    """The baseline has no users any more at that step, but its probes fail too."""
    one = analysis()
    add(one, _BASELINE, 1000)
    one.begin_step()
    add(one, _BASELINE, 4, errors=4, origin=Origin.PROBE)
    add(one, _CANARY, 100, errors=100)
    assert not fails(one)


def test_probes_do_not_dilute_the_errors_of_users() -> None:
    one = analysis()
    add(one, _BASELINE, 100)
    add(one, _CANARY, 1000, origin=Origin.PROBE)
    add(one, _CANARY, 10, errors=3)
    assert fails(one)


@pytest.mark.parametrize(
    ("windows", "is_worse"),
    [
        pytest.param([(0.1, 0.18)], False, id="one window"),
        pytest.param([(0.1, 0.18)] * 2, True, id="two in a row"),
        pytest.param([(0.1, 0.18), (0.1, 0.1), (0.1, 0.18)], False, id="not in a row"),
        pytest.param([(0.1, 0.169)] * 3, False, id="1.5 times and 20 ms are allowed"),
        pytest.param([(0.001, 0.02)] * 3, False, id="a multiple of a fast one is still fast"),
    ],
)
def test_a_p99_counts_in_two_windows_in_a_row(windows: list[tuple[float, float]], is_worse: bool) -> None:
    assert fails_after(analysis(), windows) == is_worse


def test_slow_requests_of_the_baseline_are_remembered_while_they_are_more_than_a_hundredth() -> None:
    """Ten slow ones of the baseline are its p99 up to the third window, and the fifth is the second slow one."""
    one = analysis()
    one.check(0)
    found = []
    for number in range(1, 6):
        slow_baseline, slow_canary = (10, 0) if number == 1 else (0, 10)
        add(one, _BASELINE, 300 - slow_baseline)
        add(one, _BASELINE, slow_baseline, 3.0)
        add(one, _CANARY, 300 - slow_canary)
        add(one, _CANARY, slow_canary, 3.0)
        found.append(fails(one, number * WINDOW_SECONDS))
    assert found == [False, False, False, False, True]


def test_users_are_not_compared_with_probes() -> None:
    """The page of a user may be slow, and a probe fast, on both releases."""
    one = analysis()
    one.check(0)
    for number in range(1, 5):
        add(one, _BASELINE, WINDOW_SAMPLES, 0.01, origin=Origin.PROBE)
        add(one, _CANARY, WINDOW_SAMPLES, 0.5)
        assert not fails(one, number * WINDOW_SECONDS)


def test_without_users_on_the_baseline_its_worst_window_is_the_limit() -> None:
    one = analysis()
    assert not fails_after(one, [(0.1, 0.1), (0.2, 0.1)])
    found = []
    for number, seconds in enumerate((0.3, 0.3, 0.3, 0.4, 0.4), 3):
        add(one, _CANARY, WINDOW_SAMPLES, seconds)
        found.append(fails(one, number * WINDOW_SECONDS))
    assert found == [False, False, False, False, True]


def test_three_failed_probes_in_a_row_are_enough() -> None:
    one = analysis(errors=100)
    add(one, _CANARY, 2, errors=2, origin=Origin.PROBE)
    assert not fails(one)
    add(one, _CANARY, 1, errors=1, origin=Origin.PROBE)
    assert fails(one)


def test_failed_probes_do_not_count_while_the_baseline_fails_too() -> None:
    one = analysis(errors=100)
    for _ in range(5):
        add(one, _CANARY, 1, errors=1, origin=Origin.PROBE)
        add(one, _BASELINE, 1, errors=1, origin=Origin.PROBE)
    assert not fails(one)


def test_the_error_names_the_numbers() -> None:
    one = analysis()
    add(one, _CANARY, 100, errors=7)
    with pytest.raises(CanaryFailedError, match="7 of 100 responses of the new release were errors"):
        one.check(0)
    slow = analysis()
    with pytest.raises(CanaryFailedError, match="p99 of the new release is 180 ms, of the old one 100 ms"):
        fails_after(slow, [(0.1, 0.18)] * 2)
        slow.check(10)


def test_a_step_ends_on_responses_of_the_canary() -> None:
    one = analysis(step_samples=10)
    add(one, _BASELINE, 100)
    add(one, _CANARY, 6)
    add(one, _CANARY, 3, origin=Origin.PROBE)
    assert not one.is_step_complete()
    add(one, _CANARY, 1, errors=1)
    assert one.is_step_complete()
    assert one.step_summary() == "10 responses, 7 of them to users, 1 errors"
    one.begin_step()
    assert not one.is_step_complete()


def test_the_p99_is_that_of_the_definition() -> None:
    assert p99([]) == 0
    assert p99([1]) == 1
    assert p99(range(1, 101)) == 99
    assert p99(range(1, 1001)) == 990


@pytest.mark.parametrize("samples", [50, 300, 1000])
def test_the_lower_bound_exceeds_the_true_p99_in_at_most_one_case_of_twenty(samples: int) -> None:
    generator = random.Random(samples)
    runs = 2000
    above = sum(p99_lower_bound([generator.random() for _ in range(samples)]) > 0.99 for _ in range(runs))
    assert above / runs < 0.07


def test_equal_releases_with_long_tails_almost_never_fail() -> None:
    generator = random.Random(1)
    failed = 0
    for _ in range(200):
        one = analysis()
        one.check(0)
        for number in range(1, 21):
            for role in ReleaseRole:
                for _ in range(100):
                    one.add(Sample(role, Origin.USER, generator.lognormvariate(-4, 1), is_error=False))
            if fails(one, number * WINDOW_SECONDS):
                failed += 1
                break
    assert failed <= 2
