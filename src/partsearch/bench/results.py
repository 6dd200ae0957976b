"""What a run has found out so far: complete or not, it can be made a record at any time."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from partsearch.bench.environment.busyness import busyness
from partsearch.bench.plan import Stage, Step
from partsearch.bench.record import (
    Budget,
    Machine,
    Noise,
    OpenLoopRound,
    Parity,
    Round,
    Run,
    RunSettings,
    Scenario,
    SizeStep,
    Sweep,
    Target,
)


def now() -> str:
    """The time, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass
class Results:
    """What is known from the start, and what each step adds to it."""

    machine: Machine
    settings: RunSettings
    scenarios: Sequence[Scenario]
    targets: Sequence[Target]
    truth: Parity
    began: str = field(default_factory=now)
    rounds: list[tuple[Stage, Round]] = field(default_factory=list)
    open_loop: list[OpenLoopRound] = field(default_factory=list)
    budget: list[Budget] = field(default_factory=list)
    sizes: dict[int, list[Round]] = field(default_factory=dict)

    def add(self, step: Step, measured: Round) -> None:
        """Keeps a round; one that only warmed up is of no use."""
        if step.stage is not Stage.WARM_UP:
            self.rounds.append((step.stage, measured))

    def of(self, stage: Stage) -> tuple[Round, ...]:
        """The rounds of a stage."""
        return tuple(measured for kind, measured in self.rounds if kind is stage)

    def run(self, *, is_complete: bool) -> Run:
        """The record, without its warnings."""
        return Run(
            machine=replace(self.machine, after=busyness()),
            settings=self.settings,
            scenarios=tuple(self.scenarios),
            targets=tuple(self.targets),
            truth=self.truth,
            rounds=self.of(Stage.ROUND),
            noise=tuple(self._noise()),
            open_loop=tuple(self.open_loop),
            sweep=Sweep(
                self.of(Stage.SWEEP), tuple(SizeStep(parts, tuple(rounds)) for parts, rounds in self.sizes.items())
            ),
            budget=tuple(self.budget),
            warnings=(),
            began=self.began,
            ended=now(),
            is_complete=is_complete,
        )

    def _noise(self) -> list[Noise]:
        """The rounds of A/A that have both their halves."""
        first, second = self.of(Stage.NOISE_FIRST), self.of(Stage.NOISE_SECOND)
        both = min(len(first), len(second))
        return [Noise(first[0].target, first[0].scenario, first[:both], second[:both])] if both else []
