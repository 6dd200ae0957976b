"""The comparison of targets, in words."""

from dataclasses import replace

import pytest

from partsearch.bench.analysis.comparison import (
    TargetComparison,
    comparisons,
    how_much_less,
    main_scenario,
    noise_of,
    pairs,
)
from partsearch.bench.analysis.statistics import Ratio
from partsearch.bench.record import Round, Run
from tests.unit.bench.runs import DJANGO, FASTAPI, made_round, made_run


@pytest.mark.parametrize(
    ("ratio", "noise", "words"),
    [
        (Ratio(2.14, 1.94, 2.31, 5), 0.03, "FastAPI 2.1 times faster, 1.9 to 2.3"),
        (Ratio(0.5, 0.4, 0.625, 5), 0.03, "Django 2.0 times faster, 1.6 to 2.5"),
        (Ratio(13.7, 11.2, 16.4, 5), None, "FastAPI 14 times faster, 11 to 16"),
        (Ratio(1.12, 1.08, 1.15, 5), 0.03, "FastAPI 12 % faster, 8.0 to 15 %"),
        (Ratio(1.12, 1.08, 1.15, 5), 0.2, "no difference beyond the noise of 20 %"),
        (Ratio(1.12, 0.98, 1.15, 5), 0.03, "no difference beyond the noise of 3.0 %"),
        (Ratio(1.0, 0.98, 1.05, 5), None, "no difference beyond the noise"),
        (Ratio(2.1, 2.1, 2.1, 1), 0.03, "FastAPI 2.1 times faster in a single round, which is not significant"),
        (Ratio(2.1, 1.2, float("inf"), 5), 0.03, "FastAPI 2.1 times faster, 1.2 to any"),
        (Ratio(2.1, 1.2, 3.0, 5), float("inf"), "no difference beyond the noise of any size"),
        (None, 0.03, "no result: one of them answered nothing"),
    ],
)
def test_words(ratio: Ratio | None, noise: float | None, words: str) -> None:
    assert TargetComparison("mix", DJANGO, FASTAPI, ratio, noise).words == words


def test_less_in_words() -> None:
    assert how_much_less(Ratio(0.75, 0.7, 0.8, 5), "fewer") == "25 % fewer, 20 to 30 %"
    assert how_much_less(Ratio(0.4, 0.32, 0.5, 5), "fewer") == "2.5 times fewer, 2.0 to 3.1"


def test_the_comparison_is_that_of_the_rounds() -> None:
    (comparison,) = comparisons(made_run(django=500, fastapi=1000))
    assert comparison.words == "FastAPI 2.0 times faster, 2.0 to 2.0"


def test_a_difference_within_the_noise_of_the_run_is_none() -> None:
    """The A/A of the run differs by up to ten percent."""
    run = made_run(django=500, fastapi=520)
    assert noise_of(run) == pytest.approx(0.105, abs=0.02)
    assert comparisons(run)[0].words.startswith("no difference beyond the noise of 1")
    without = replace(run, noise=())
    assert noise_of(without) is None
    assert comparisons(without)[0].is_difference


def test_failed_requests_do_not_make_a_service_faster() -> None:
    run = made_run(django=500, fastapi=1000)

    def all_failed(one: Round) -> Round:
        return replace(one, non_2xx=one.requests) if one.target == "fastapi" else one

    (comparison,) = comparisons(replace(run, rounds=tuple(map(all_failed, run.rounds))))
    assert comparison.words == "no result: one of them answered nothing"


def test_only_targets_of_the_same_route_are_compared() -> None:
    routes = [replace(one, name=f"{one.name}-nginx", is_through_nginx=True) for one in (DJANGO, FASTAPI)]
    other = replace(DJANGO, name="other", service=None)
    found = [(one.name, with_it.name) for one, with_it in pairs([DJANGO, FASTAPI, *routes, other])]
    assert found == [("django", "fastapi"), ("django", "other"), ("django-nginx", "fastapi-nginx")]
    assert list(pairs([])) == []


def test_the_baseline_of_a_plain_service_is_its_tuned_variant() -> None:
    plain = [replace(tuned, name=f"{tuned.name}-plain", service=f"{tuned.name}-plain") for tuned in (DJANGO, FASTAPI)]
    found = [(baseline.name, target.name) for baseline, target in pairs([DJANGO, FASTAPI, *plain])]
    assert found == [("django", "fastapi"), ("django", "django-plain"), ("fastapi", "fastapi-plain")]
    assert [baseline.name for baseline, _ in pairs(plain)] == ["django-plain"]


def test_the_mix_represents_the_run() -> None:
    run = made_run()
    rare = replace(run.scenarios[0], name="rare")
    both = replace(run, scenarios=(rare, *run.scenarios), rounds=(*run.rounds, made_round(scenario="rare")))
    assert main_scenario(both) == "mix"
    assert main_scenario(_without_rounds_of(both, "mix")) == "rare"
    assert main_scenario(replace(run, rounds=())) is None


def _without_rounds_of(run: Run, scenario: str) -> Run:
    return replace(run, rounds=tuple(one for one in run.rounds if one.scenario != scenario))
