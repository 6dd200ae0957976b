"""The order of the rounds: drift during a run affects all targets alike."""

from itertools import groupby

from partsearch.bench.options import Options
from partsearch.bench.plan import RunStep, Stage, interleaved, plan
from tests.unit.bench.runs import DJANGO, FASTAPI, MIX


def steps_of(stage: Stage, options: Options) -> list[RunStep]:
    return [step for step in plan(options, [DJANGO, FASTAPI], [MIX]) if step.stage is stage]


def test_the_targets_take_turns_in_both_orders() -> None:
    names = "".join(target.name[0] for _, target in interleaved([DJANGO, FASTAPI], 4))
    assert names == "dffddffd"


def test_a_against_a_comes_first_and_after_a_warm_up() -> None:
    stages = [stage for stage, _ in groupby(plan(Options(""), [DJANGO, FASTAPI], [MIX]), key=lambda step: step.stage)]
    assert stages[:3] == [Stage.WARM_UP, Stage.NOISE_FIRST, Stage.NOISE_SECOND]
    assert stages[-2:] == [Stage.ROUND, Stage.OPEN_LOOP]


def test_a_against_a_is_measured_like_two_targets() -> None:
    options = Options("", rounds=3)
    noise = [step for step in plan(options, [DJANGO], [MIX]) if step.stage in (Stage.NOISE_FIRST, Stage.NOISE_SECOND)]
    assert [step.stage is Stage.NOISE_FIRST for step in noise] == [True, False, False, True, True, False]
    assert {step.target for step in noise} == {DJANGO}


def test_the_sweep_goes_up_to_a_thousand_connections() -> None:
    swept = steps_of(Stage.SWEEP, Options("", has_sweep=True))
    assert sorted({step.connections for step in swept}) == [1, 10, 50, 100, 500, 1000]
    assert {step.number for step in swept} == {1, 2, 3}
