"""The results of a run so far. They become a record at any time, complete or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from partsearch.bench.environment.busyness import busyness
from partsearch.bench.plan import RunStep, Stage
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


def utc_now() -> str:
    """Return the time, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass
class RunResults:
    """The facts that are known from the start, and the results of each step."""

    machine: Machine
    settings: RunSettings
    scenarios: Sequence[Scenario]
    targets: Sequence[Target]
    parity: Parity
    began: str = field(default_factory=utc_now)
    rounds: list[tuple[Stage, Round]] = field(default_factory=list)
    open_loop: list[OpenLoopRound] = field(default_factory=list)
    budget: list[Budget] = field(default_factory=list)
    sizes: dict[int, list[Round]] = field(default_factory=dict)

    def add(self, step: RunStep, measured: Round) -> None:
        """Keep a round, unless it was a warm-up."""
        if step.stage is not Stage.WARM_UP:
            self.rounds.append((step.stage, measured))

    def rounds_in(self, stage: Stage) -> tuple[Round, ...]:
        """Return the rounds of a stage."""
        return tuple(measured for kind, measured in self.rounds if kind is stage)

    def to_run(self, *, is_complete: bool) -> Run:
        """Return the record, without its warnings."""
        return Run(
            machine=replace(self.machine, after=busyness()),
            settings=self.settings,
            scenarios=tuple(self.scenarios),
            targets=tuple(self.targets),
            parity=self.parity,
            rounds=self.rounds_in(Stage.ROUND),
            noise=tuple(self._noise()),
            open_loop=tuple(self.open_loop),
            sweep=Sweep(
                self.rounds_in(Stage.SWEEP),
                tuple(SizeStep(parts, tuple(rounds)) for parts, rounds in self.sizes.items()),
            ),
            budget=tuple(self.budget),
            warnings=(),
            began=self.began,
            ended=utc_now(),
            is_complete=is_complete,
        )

    def _noise(self) -> list[Noise]:
        """Return the rounds of A/A of which both halves are measured."""
        first, second = self.rounds_in(Stage.NOISE_FIRST), self.rounds_in(Stage.NOISE_SECOND)
        both = min(len(first), len(second))
        return [Noise(first[0].target, first[0].scenario, first[:both], second[:both])] if both else []
