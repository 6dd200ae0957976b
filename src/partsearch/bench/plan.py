"""The plan of a run: its steps in order. Targets take turns, A B B A, so that drift affects all of them alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from partsearch.bench.load.open_loop.measurement import SHARES
from partsearch.bench.options import CONNECTIONS_SWEPT, Options
from partsearch.bench.record import Scenario, Target

WARM_UP_SECONDS = 5
SWEEP_ROUNDS = 3
SWEEP_SECONDS = 10


class Stage(StrEnum):
    """The purpose of a step."""

    WARM_UP = "warm-up"
    NOISE_FIRST = "A/A, first"
    NOISE_SECOND = "A/A, second"
    ROUND = "round"
    OPEN_LOOP = "fixed rate"
    SWEEP = "sweep"
    SIZE = "size"


@dataclass(frozen=True)
class RunStep:
    """One run of a load generator.

    Attributes:
        seconds: seconds of load.
        number: the number of the round; 0 for a warm-up.
        share: the rate of the open loop as a share of the slower target's throughput.
    """

    stage: Stage
    target: Target
    scenario: Scenario
    connections: int
    seconds: int
    number: int = 0
    share: float = 0

    def __str__(self) -> str:
        return f"{self.stage}: {self.target.name}, {self.scenario.name}, {self.connections} connections"


def plan(options: Options, targets: Sequence[Target], scenarios: Sequence[Scenario]) -> list[RunStep]:
    """Return all steps on the existing catalog, in their order.

    Args:
        options: the options of the run.
        targets: the targets; A/A measures the first one.
        scenarios: the scenarios; A/A, the open loop and the sweep use the first one.
    """
    first = scenarios[0]
    steps = [*_warm_up(options, targets, first), *_noise(options, targets[0], first)]
    for scenario in scenarios:
        steps += [] if scenario is first else _warm_up(options, targets, scenario)
        steps += [
            RunStep(Stage.ROUND, target, scenario, options.connections, options.duration, number)
            for number, target in interleaved(targets, options.rounds)
        ]
    direct = [target for target in targets if not target.is_through_nginx] or targets
    steps += _open_loop(options, direct, first) if options.has_open_loop else []
    steps += _sweep(options, direct, first) if options.has_sweep else []
    return steps


def size_plan(options: Options, targets: Sequence[Target], scenario: Scenario) -> list[RunStep]:
    """Return the steps on a catalog of another size."""
    seconds = min(options.duration, SWEEP_SECONDS)
    return [
        *_warm_up(options, targets, scenario),
        *(
            RunStep(Stage.SIZE, target, scenario, options.connections, seconds, number)
            for number, target in interleaved(targets, min(options.rounds, SWEEP_ROUNDS))
        ),
    ]


def interleaved(targets: Sequence[Target], rounds: int) -> Iterator[tuple[int, Target]]:
    """Yield each target once per round, in alternating order: A B, B A, A B."""
    for number in range(1, rounds + 1):
        for target in targets if number % 2 else reversed(targets):
            yield number, target


def warm_up_seconds(options: Options) -> int:
    """Return the seconds of a warm-up, which is not longer than a round."""
    return min(WARM_UP_SECONDS, options.duration)


def _warm_up(options: Options, targets: Sequence[Target], scenario: Scenario) -> Iterator[RunStep]:
    seconds = warm_up_seconds(options)
    return (RunStep(Stage.WARM_UP, target, scenario, options.connections, seconds) for target in targets)


def _noise(options: Options, target: Target, scenario: Scenario) -> Iterator[RunStep]:
    """Yield the rounds of A/A in the order in which two targets are measured."""
    stages = (Stage.NOISE_FIRST, Stage.NOISE_SECOND)
    for number in range(1, options.rounds + 1):
        for stage in stages if number % 2 else reversed(stages):
            yield RunStep(stage, target, scenario, options.connections, options.duration, number)


def _open_loop(options: Options, targets: Sequence[Target], scenario: Scenario) -> Iterator[RunStep]:
    for share in SHARES:
        for target in targets:
            yield RunStep(Stage.OPEN_LOOP, target, scenario, options.connections, options.duration, share=share)


def _sweep(options: Options, targets: Sequence[Target], scenario: Scenario) -> Iterator[RunStep]:
    for connections in CONNECTIONS_SWEPT:
        for number, target in interleaved(targets, min(options.rounds, SWEEP_ROUNDS)):
            seconds = min(options.duration, SWEEP_SECONDS)
            yield RunStep(Stage.SWEEP, target, scenario, connections, seconds, number)
