"""Which rounds are measured, and in which order: the targets in turn, A B B A, so that what drifts meets them all."""

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
    """What a step is for."""

    WARM_UP = "warm-up"
    NOISE_FIRST = "A/A, first"
    NOISE_SECOND = "A/A, second"
    ROUND = "round"
    OPEN_LOOP = "fixed rate"
    SWEEP = "sweep"
    SIZE = "size"


@dataclass(frozen=True)
class Step:
    """One run of a load generator.

    Attributes:
        seconds: of load.
        number: of the round; 0 for a warm-up.
        share: of the slower target's throughput, in the open loop.
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


def plan(options: Options, targets: Sequence[Target], scenarios: Sequence[Scenario]) -> list[Step]:
    """All steps on the catalog that is there, in their order.

    Args:
        targets: the first one is measured against itself.
        scenarios: the first one is that of A/A, of the open loop and of the sweep.
    """
    first = scenarios[0]
    steps = [*_warm_up(options, targets, first), *_noise(options, targets[0], first)]
    for scenario in scenarios:
        steps += [] if scenario is first else _warm_up(options, targets, scenario)
        steps += [
            Step(Stage.ROUND, target, scenario, options.connections, options.duration, number)
            for number, target in interleaved(targets, options.rounds)
        ]
    direct = [target for target in targets if not target.is_through_nginx] or targets
    steps += _open_loop(options, direct, first) if options.has_open_loop else []
    steps += _sweep(options, direct, first) if options.has_sweep else []
    return steps


def size_plan(options: Options, targets: Sequence[Target], scenario: Scenario) -> list[Step]:
    """The steps on a catalog of another size."""
    seconds = min(options.duration, SWEEP_SECONDS)
    return [
        *_warm_up(options, targets, scenario),
        *(
            Step(Stage.SIZE, target, scenario, options.connections, seconds, number)
            for number, target in interleaved(targets, min(options.rounds, SWEEP_ROUNDS))
        ),
    ]


def interleaved(targets: Sequence[Target], rounds: int) -> Iterator[tuple[int, Target]]:
    """Each target once a round, in one order and then in the other: A B, B A, A B."""
    for number in range(1, rounds + 1):
        for target in targets if number % 2 else reversed(targets):
            yield number, target


def _warm_up(options: Options, targets: Sequence[Target], scenario: Scenario) -> Iterator[Step]:
    seconds = warm_up_seconds(options)
    return (Step(Stage.WARM_UP, target, scenario, options.connections, seconds) for target in targets)


def warm_up_seconds(options: Options) -> int:
    """Seconds of a warm-up: no more than of a round."""
    return min(WARM_UP_SECONDS, options.duration)


def _noise(options: Options, target: Target, scenario: Scenario) -> Iterator[Step]:
    """The rounds of two targets that are one, in the order in which two would be measured."""
    stages = (Stage.NOISE_FIRST, Stage.NOISE_SECOND)
    for number in range(1, options.rounds + 1):
        for stage in stages if number % 2 else reversed(stages):
            yield Step(stage, target, scenario, options.connections, options.duration, number)


def _open_loop(options: Options, targets: Sequence[Target], scenario: Scenario) -> Iterator[Step]:
    for share in SHARES:
        for target in targets:
            yield Step(Stage.OPEN_LOOP, target, scenario, options.connections, options.duration, share=share)


def _sweep(options: Options, targets: Sequence[Target], scenario: Scenario) -> Iterator[Step]:
    for connections in CONNECTIONS_SWEPT:
        for number, target in interleaved(targets, min(options.rounds, SWEEP_ROUNDS)):
            seconds = min(options.duration, SWEEP_SECONDS)
            yield Step(Stage.SWEEP, target, scenario, connections, seconds, number)
