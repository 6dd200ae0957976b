"""How the probes of a deployment avoid delaying users."""

import pytest

from partsearch.contract.errors import DatabaseUnavailableError, service_busy
from partsearch.deploy.canary.prober import MAXIMUM_RATE, MINIMUM_RATE, pause_seconds
from partsearch.deploy.canary.service_client import ServiceResponse


@pytest.mark.parametrize(
    ("search_seconds", "rate", "seconds"),
    [
        (0.005, MAXIMUM_RATE, 8 / 60 - 0.005),
        (0.2, MAXIMUM_RATE, 0.0),
        (0.3, MAXIMUM_RATE, 0.9),
        (1.0, MINIMUM_RATE, 3.0),
    ],
)
def test_a_thread_waits_longer_after_a_slow_search(search_seconds: float, rate: float, seconds: float) -> None:
    assert pause_seconds(search_seconds, rate) == pytest.approx(seconds)


def test_a_rejection_by_the_queue_differs_from_other_errors() -> None:
    assert ServiceResponse(503, service_busy().body()).is_rejected_by_queue
    assert not ServiceResponse(503, DatabaseUnavailableError().body()).is_rejected_by_queue
    assert not ServiceResponse(500, service_busy().body()).is_rejected_by_queue
    assert ServiceResponse(503, service_busy().body()).is_error
