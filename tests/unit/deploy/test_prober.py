"""How our own searches of a deploy keep out of the visitors' way."""

import pytest

from partsearch.contract.errors import DatabaseUnavailableError, service_busy
from partsearch.deploy.prober import FULL_PACE, LEAST_PACE, pause
from partsearch.deploy.searches import Answer


@pytest.mark.parametrize(
    ("took", "pace", "seconds"),
    [(0.005, FULL_PACE, 8 / 60 - 0.005), (0.2, FULL_PACE, 0.0), (0.3, FULL_PACE, 0.9), (1.0, LEAST_PACE, 3.0)],
)
def test_after_a_dear_search_a_thread_rests(took: float, pace: float, seconds: float) -> None:
    assert pause(took, pace) == pytest.approx(seconds)


def test_who_is_turned_away_by_the_queue_is_told_from_other_errors() -> None:
    assert Answer(503, service_busy().body()).is_refused_by_queue
    assert not Answer(503, DatabaseUnavailableError().body()).is_refused_by_queue
    assert not Answer(500, service_busy().body()).is_refused_by_queue
    assert Answer(503, service_busy().body()).is_error
