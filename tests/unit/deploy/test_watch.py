"""When the new release is worse than the old one, by samples whose truth is known."""

import random
from collections.abc import Sequence

import pytest

from partsearch.deploy.thresholds import Thresholds
from partsearch.deploy.watch import WINDOW_SAMPLES, WINDOW_SECONDS, Kind, Sample, Side, Watch, least_p99, p99

_VISITOR, _PROBE = Kind.VISITOR, Kind.PROBE


def watch(**thresholds: float) -> Watch:
    return Watch(Thresholds(**thresholds))  # type: ignore[arg-type]


def add(to: Watch, side: Side, number: int, seconds: float = 0.01, *, errors: int = 0, kind: Kind = _VISITOR) -> None:
    for index in range(number):
        to.add(Sample(side, kind, seconds, is_error=index < errors))


def closed_windows(to: Watch, windows: Sequence[tuple[float, float]], kind: Kind = _VISITOR) -> str | None:
    """What is found after windows in which every answer of the old and the new release took so long."""
    to.fault(0)
    found = None
    for number, (old, new) in enumerate(windows, 1):
        add(to, Side.OLD, WINDOW_SAMPLES, old, kind=kind)
        add(to, Side.NEW, WINDOW_SAMPLES, new, kind=kind)
        found = to.fault(number * WINDOW_SECONDS)
    return found


@pytest.mark.parametrize(
    ("old_errors", "new_errors", "is_fault"),
    [(0, 2, False), (0, 3, True), (2, 4, False), (2, 5, True), (50, 100, False), (50, 101, True)],
)
def test_errors_count_from_three_on_and_above_twice_the_old_ones(
    old_errors: int, new_errors: int, is_fault: bool
) -> None:
    one = watch()
    add(one, Side.OLD, 1000, errors=old_errors)
    add(one, Side.NEW, 1000, errors=new_errors)
    assert (one.fault(0) is not None) == is_fault


def test_the_share_of_errors_counts_and_not_their_number() -> None:
    one = watch()
    add(one, Side.OLD, 10_000, errors=100)
    add(one, Side.NEW, 100, errors=3)
    assert one.fault(0) is not None


def test_a_database_that_is_away_at_the_last_step_is_not_the_releases_fault() -> None:
    """The old release has no visitors any more then, but our own searches fail there too."""
    one = watch()
    add(one, Side.OLD, 1000)
    one.begin_step()
    add(one, Side.OLD, 4, errors=4, kind=_PROBE)
    add(one, Side.NEW, 100, errors=100)
    assert one.fault(0) is None


def test_errors_of_visitors_are_not_thinned_by_our_own_searches() -> None:
    one = watch()
    add(one, Side.OLD, 100)
    add(one, Side.NEW, 1000, kind=_PROBE)
    add(one, Side.NEW, 10, errors=3)
    assert one.fault(0) is not None


@pytest.mark.parametrize(
    ("windows", "is_fault"),
    [
        pytest.param([(0.1, 0.18)], False, id="one window"),
        pytest.param([(0.1, 0.18)] * 2, True, id="two in a row"),
        pytest.param([(0.1, 0.18), (0.1, 0.1), (0.1, 0.18)], False, id="not in a row"),
        pytest.param([(0.1, 0.169)] * 3, False, id="1.5 times and 20 ms are allowed"),
        pytest.param([(0.001, 0.02)] * 3, False, id="what is fast may be many times slower"),
    ],
)
def test_a_p99_counts_in_two_windows_in_a_row(windows: list[tuple[float, float]], is_fault: bool) -> None:
    assert (closed_windows(watch(), windows) is not None) == is_fault


def test_rare_slow_requests_may_all_meet_the_new_release_for_a_while() -> None:
    """Ten slow requests of the old release count until they are fewer than one in a hundred of all its requests."""
    one = watch()
    one.fault(0)
    found = []
    for number in range(1, 6):
        slow_old, slow_new = (10, 0) if number == 1 else (0, 10)
        add(one, Side.OLD, 300 - slow_old)
        add(one, Side.OLD, slow_old, 3.0)
        add(one, Side.NEW, 300 - slow_new)
        add(one, Side.NEW, slow_new, 3.0)
        found.append(one.fault(number * WINDOW_SECONDS) is not None)
    # In the fourth window the old one has 10 of 1,200, and the new one is too slow; two such windows are a fault.
    assert found == [False, False, False, False, True]


def test_visitors_are_not_compared_with_our_own_searches() -> None:
    """A visitor's page may be slow, and a search of ours fast, on both releases."""
    one = watch()
    one.fault(0)
    for number in range(1, 5):
        add(one, Side.OLD, WINDOW_SAMPLES, 0.01, kind=_PROBE)
        add(one, Side.NEW, WINDOW_SAMPLES, 0.5, kind=_VISITOR)
        assert one.fault(number * WINDOW_SECONDS) is None


def test_without_visitors_on_the_old_release_its_worst_window_is_the_measure() -> None:
    one = watch()
    closed_windows(one, [(0.1, 0.1), (0.2, 0.1)])
    found = []
    for number, seconds in enumerate((0.3, 0.3, 0.3, 0.4, 0.4), 3):
        add(one, Side.NEW, WINDOW_SAMPLES, seconds)
        found.append(one.fault(number * WINDOW_SECONDS) is not None)
    assert found == [False, False, False, False, True]


def test_three_failed_searches_in_a_row_are_enough() -> None:
    one = watch(errors=100)
    add(one, Side.NEW, 2, errors=2, kind=_PROBE)
    assert one.fault(0) is None
    add(one, Side.NEW, 1, errors=1, kind=_PROBE)
    assert one.fault(0) is not None


def test_failed_searches_are_forgiven_where_the_old_release_fails_too() -> None:
    one = watch(errors=100)
    for _ in range(5):
        add(one, Side.NEW, 1, errors=1, kind=_PROBE)
        add(one, Side.OLD, 1, errors=1, kind=_PROBE)
    assert one.fault(0) is None


def test_a_step_ends_on_answers_of_the_new_release() -> None:
    one = watch(step_samples=10)
    add(one, Side.OLD, 100)
    add(one, Side.NEW, 6)
    add(one, Side.NEW, 3, kind=_PROBE)
    assert not one.is_step_done()
    add(one, Side.NEW, 1)
    assert one.is_step_done()
    one.begin_step()
    assert not one.is_step_done()


def test_the_p99_is_that_of_the_definition() -> None:
    assert p99([]) == 0
    assert p99([1]) == 1
    assert p99(range(1, 101)) == 99
    assert p99(range(1, 1001)) == 990


@pytest.mark.parametrize("samples", [50, 300, 1000])
def test_the_least_p99_is_above_the_true_one_in_one_case_of_twenty_at_most(samples: int) -> None:
    drawn = random.Random(samples)
    runs = 2000
    above = sum(least_p99([drawn.random() for _ in range(samples)]) > 0.99 for _ in range(runs))
    assert above / runs < 0.07


def test_equal_releases_with_long_tails_are_told_apart_almost_never() -> None:
    drawn = random.Random(1)
    faults = 0
    for _ in range(200):
        one = watch()
        one.fault(0)
        for number in range(1, 21):
            for side in Side:
                for _ in range(100):
                    one.add(Sample(side, _VISITOR, drawn.lognormvariate(-4, 1), is_error=False))
            if one.fault(number * WINDOW_SECONDS):
                faults += 1
                break
    assert faults <= 2
