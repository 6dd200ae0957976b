"""How the probes of a deployment avoid delaying users."""

import pytest

from partsearch.contract.errors import DatabaseUnavailableError, service_busy
from partsearch.deploy.canary.prober import MAXIMUM_RATE, MINIMUM_RATE, pause_seconds, searches_of_thread
from partsearch.deploy.canary.service_client import ServiceResponse


@pytest.mark.parametrize(
    ("search_seconds", "rate", "seconds"),
    [
        (0.005, MAXIMUM_RATE, 8 / 60 - 0.005),
        (0.09, MAXIMUM_RATE, 8 / 60 - 0.09),
        (0.3, MAXIMUM_RATE, 2.1),
        (1.0, MINIMUM_RATE, 7.0),
    ],
)
def test_a_thread_waits_longer_after_a_slow_search(search_seconds: float, rate: float, seconds: float) -> None:
    assert pause_seconds(search_seconds, rate) == pytest.approx(seconds)


def test_a_rejection_by_the_queue_differs_from_other_errors() -> None:
    assert ServiceResponse(503, service_busy().body()).is_rejected_by_queue
    assert not ServiceResponse(503, DatabaseUnavailableError().body()).is_rejected_by_queue
    assert not ServiceResponse(500, service_busy().body()).is_rejected_by_queue
    assert ServiceResponse(503, service_busy().body()).is_error


def test_threads_that_begin_at_the_same_time_begin_with_different_searches() -> None:
    searches = [{"page": page} for page in range(3)]
    begun = [[next(of_thread) for _ in searches] for of_thread in (searches_of_thread(searches, n) for n in range(8))]
    assert {first["page"] for first, *_ in begun[:3]} == {0, 1, 2}
    assert all(sorted(search["page"] for search in round_) == [0, 1, 2] for round_ in begun)
