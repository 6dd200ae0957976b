"""The comparison of two runs."""

from dataclasses import replace
from typing import Any

import pytest

from partsearch.bench.analysis.run_comparison import Change, Measure, RunComparison, compare
from partsearch.bench.errors import NotComparableError
from partsearch.bench.record import Round, Run
from partsearch.bench.report.run_comparison import show_comparison
from tests.unit.bench.runs import made_run


def _quiet(run: Run) -> Run:
    """The run without an A/A, whose ten percent would hide small changes."""
    return replace(run, noise=())


def _change(comparison: RunComparison, target: str, measure: Measure) -> Change:
    return next(one for one in comparison.changes if (one.target.name, one.measure) == (target, measure))


def _with_rounds(run: Run, **changes: Any) -> Run:
    return replace(run, rounds=tuple(replace(one, **changes) for one in run.rounds))


def test_a_regression_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    comparison = compare(made_run(fastapi=1000), made_run(fastapi=700))
    assert comparison.is_regression
    slower = _change(comparison, "fastapi", Measure.RATE)
    assert slower.is_regression
    assert slower.words.startswith("REGRESSION: 30 % fewer, 2")
    assert not _change(comparison, "django", Measure.RATE).is_change
    show_comparison(comparison)
    shown = capsys.readouterr().out
    assert "REGRESSION: 30 % fewer" in shown
    assert shown.splitlines()[-1] == "The new release is worse: 1 of 4 figures."


def test_faster_is_no_regression(capsys: pytest.CaptureFixture[str]) -> None:
    comparison = compare(made_run(fastapi=1000), made_run(fastapi=1800))
    assert not comparison.is_regression
    assert _change(comparison, "fastapi", Measure.RATE).words.startswith("1.8 times more, 1.7")
    show_comparison(comparison)
    assert "No regression" in capsys.readouterr().out.splitlines()[-1]


def test_a_loss_within_the_threshold_is_no_regression() -> None:
    old, new = _quiet(made_run(fastapi=1000)), _quiet(made_run(fastapi=920))
    assert not compare(old, new).is_regression
    assert _change(compare(old, new), "fastapi", Measure.RATE).words.startswith("8.0 % fewer")
    assert compare(old, new, threshold=0.05).is_regression


def test_a_loss_within_the_noise_is_no_difference() -> None:
    comparison = compare(made_run(fastapi=1000), made_run(fastapi=920), threshold=0.01)
    assert not comparison.is_regression
    assert "no difference beyond the noise" in _change(comparison, "fastapi", Measure.RATE).words


def test_a_longer_tail_is_a_regression_at_the_same_rate() -> None:
    def longer(one: Round) -> Round:
        return replace(one, latency=tuple((value * 2, count) for value, count in one.latency))

    old = made_run()
    comparison = compare(old, replace(old, rounds=tuple(map(longer, old.rounds))))
    assert comparison.is_regression
    assert _change(comparison, "django", Measure.P99).words == "REGRESSION: 2.0 times longer, 2.0 to 2.0"


def test_requests_that_fail_are_a_regression(capsys: pytest.CaptureFixture[str]) -> None:
    comparison = compare(made_run(), _with_rounds(made_run(), timed_out=100))
    assert comparison.is_regression
    assert len(comparison.failing) == 2
    show_comparison(comparison)
    assert "REGRESSION: mix, FastAPI: 500 of 50,500 requests failed; 0 of 50,000 before" in capsys.readouterr().out


def test_a_release_that_answers_nothing_is_a_regression() -> None:
    dead = _with_rounds(made_run(), requests=0, latency=(), socket_errors={"connect": 500})
    comparison = compare(made_run(), dead)
    assert comparison.is_regression
    assert comparison.changes == ()


@pytest.mark.parametrize(
    ("part", "changes", "reason"),
    [
        ("machine", {"cpu": "Another"}, "CPU Intel Xeon, then Another"),
        ("machine", {"cores": 8}, "cores 2, then 8"),
        ("machine", {"rows": {"part": 5}}, "parts 10000, then 5"),
        ("settings", {"connections": 10}, "connections 100, then 10"),
    ],
)
def test_runs_of_another_machine_or_load_are_not_compared(part: str, changes: dict[str, Any], reason: str) -> None:
    run = made_run()
    other = replace(run, **{part: replace(getattr(run, part), **changes)})
    with pytest.raises(NotComparableError, match=reason):
        compare(run, other)


def test_searches_that_are_not_the_same_are_not_compared() -> None:
    run = made_run()
    other = replace(run.scenarios[0], requests=())
    with pytest.raises(NotComparableError, match=r"in common.*; mix has other searches in both runs"):
        compare(run, replace(run, scenarios=(other,)))
    rare = replace(run.scenarios[0], name="rare")
    rounds = (*run.rounds, *(replace(one, scenario="rare") for one in run.rounds))
    comparison = compare(
        replace(run, scenarios=(rare, *run.scenarios), rounds=rounds),
        replace(run, scenarios=(rare, other), rounds=rounds),
    )
    assert {change.scenario for change in comparison.changes} == {"rare"}
    assert comparison.remarks == ("mix has other searches in both runs, and is left out",)


def test_other_differences_are_shown() -> None:
    run = made_run()
    machine = replace(run.machine, release="0.2.0", workers={"django": 2, "fastapi": 4}, database_settings={})
    assert compare(run, replace(run, machine=machine)).remarks == (
        "release 0.1.0, then 0.2.0",
        "setting jit off, then unknown",
        "workers of fastapi 2, then 4",
    )
