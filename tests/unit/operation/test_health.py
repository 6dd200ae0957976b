"""When a service is unhealthy, and when it is healthy again."""

import logging

import pytest

from partsearch.operation.health import Check, Health, ProbeResult
from partsearch.operation.health_checker import ChangeLog

_RESULTS = {
    "s": ProbeResult.SUCCESS,
    "f": ProbeResult.FAILURE,
    "r": ProbeResult.REFUSED,
    "u": ProbeResult.UNKNOWN,
}


@pytest.mark.parametrize(
    ("known", "results", "is_healthy"),
    [
        (None, "", None),
        (None, "s", True),
        (None, "f", None),
        (None, "ff", False),
        (None, "r", False),
        (True, "f", True),
        (True, "ff", False),
        (True, "fsf", True),
        (True, "fsfsfsf", True),
        (True, "r", False),
        (False, "s", False),
        (False, "ss", True),
        (False, "sfs", False),
        (False, "srs", False),
        (False, "ssf", True),
        (True, "uuu", True),
        (True, "fuf", False),
        (False, "usus", True),
        (None, "u", None),
    ],
)
def test_two_equal_results_in_a_row_change_the_state(known: bool | None, results: str, is_healthy: bool | None) -> None:
    check = Check(known)
    for result in results:
        check.record(_RESULTS[result])
    assert check.is_healthy is is_healthy


def test_a_result_that_contradicts_the_state_makes_it_doubtful() -> None:
    check = Check(is_healthy=True)
    check.record(ProbeResult.FAILURE)
    assert check.is_unconfirmed
    check.record(ProbeResult.SUCCESS)
    assert not check.is_unconfirmed


@pytest.mark.parametrize(
    ("known", "liveness", "searches", "is_healthy"),
    [
        (None, "", "", None),
        (None, "s", "", True),
        (None, "s", "uu", True),
        (True, "", "f", True),
        (True, "s", "ff", False),
        (True, "sss", "fuf", False),
        (True, "", "uuuu", True),
        (True, "", "ffs", False),
        (True, "ss", "ffss", True),
        (True, "ff", "ssss", False),
        (True, "ffss", "", False),
        (True, "ffss", "uu", False),
        (True, "ffss", "ss", True),
        (False, "ss", "ss", True),
        (False, "ss", "", False),
    ],
)
def test_a_healthy_service_is_alive_and_answers_searches(
    known: bool | None, liveness: str, searches: str, is_healthy: bool | None
) -> None:
    health = Health(is_healthy=known, has_searches=True)
    for result in liveness:
        health.record_liveness(_RESULTS[result])
    for result in searches:
        health.record_search(_RESULTS[result])
    assert health.is_healthy is is_healthy


def test_without_search_probes_liveness_is_enough() -> None:
    health = Health()
    for result, is_healthy in (("s", True), ("f", True), ("f", False), ("s", False), ("s", True)):
        health.record_liveness(_RESULTS[result])
        assert health.is_healthy is is_healthy


def test_a_problem_is_logged_when_it_begins_changes_and_ends(caplog: pytest.LogCaptureFixture) -> None:
    log = ChangeLog()
    with caplog.at_level(logging.INFO):
        log.resolve("nginx")
        for error in ("refused", "refused", "timed out"):
            log.report("nginx", "Nginx not informed", error=error)
        log.resolve("nginx")
        log.resolve("nginx")
    lines = [(record.levelname, record.getMessage(), vars(record)["error"]) for record in caplog.records]
    assert lines == [
        ("WARNING", "Nginx not informed", "refused"),
        ("WARNING", "Nginx not informed", "timed out"),
        ("INFO", "Resolved: Nginx not informed", "timed out"),
    ]
