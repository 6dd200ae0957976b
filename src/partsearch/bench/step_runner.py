"""Doing the steps of a plan, one after the other, each alone on the machine."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from partsearch.bench.analysis.time_budget import BudgetWatch
from partsearch.bench.environment.process_groups import ProcessGroups
from partsearch.bench.errors import LoadError
from partsearch.bench.load.idle import wait_until_idle
from partsearch.bench.load.open_loop.measurement import OpenLoop, slower_rate
from partsearch.bench.load.siege import Siege
from partsearch.bench.load.wrk import Wrk
from partsearch.bench.options import Options
from partsearch.bench.plan import Stage, Step
from partsearch.bench.record import Generator, Round, Scenario, Target
from partsearch.bench.results import Results

Doing = Callable[[Step], None]
"""Is told of each step before it begins."""


class LoadProgram(Protocol):
    """What wrk and siege have in common."""

    def load(self, target: Target, scenario: Scenario, connections: int, seconds: int, number: int) -> Round:
        """One round; raises :class:`LoadError`."""


def load_program(options: Options, folder: Path) -> LoadProgram:
    """The generator of the options.

    Args:
        folder: where it keeps its requests, so that its commands can be run again.

    Raises:
        ProgramMissingError: it is not installed.
    """
    if options.generator is Generator.SIEGE:
        return Siege(folder, options.timeout)
    return Wrk(folder, options.threads, options.timeout)


class StepRunner:
    """Does steps and keeps what they find."""

    def __init__(
        self, program: LoadProgram, open_loop: OpenLoop, watch: BudgetWatch, findings: Results, doing: Doing
    ) -> None:
        self._program = program
        self._open_loop = open_loop
        self._watch = watch
        self._findings = findings
        self._doing = doing

    def do(self, steps: Sequence[Step]) -> None:
        """Does the steps.

        Raises:
            LoadError: one cannot be done; what those before it found is kept.
        """
        for step in steps:
            self._doing(step)
            wait_until_idle(self._watch.families)
            if step.stage is Stage.OPEN_LOOP:
                self._do_open_loop(step)
            elif step.stage is Stage.ROUND:
                self._do_watched(step)
            else:
                self._findings.add(step, self._load(step))

    def do_size(self, parts: int, families: ProcessGroups, steps: Sequence[Step]) -> None:
        """Does the steps on a catalog of so many parts, in a site of these families."""
        for step in steps:
            self._doing(step)
            wait_until_idle(families)
            measured = self._load(step)
            if step.stage is Stage.SIZE:
                self._findings.sizes.setdefault(parts, []).append(measured)

    def _load(self, step: Step) -> Round:
        return self._program.load(step.target, step.scenario, step.connections, step.seconds, step.number)

    def _do_watched(self, step: Step) -> None:
        with self._watch.watching() as watched:
            measured = self._load(step)
        self._findings.add(step, measured)
        self._findings.budget.append(watched.of(measured))

    def _do_open_loop(self, step: Step) -> None:
        slower = slower_rate(self._findings.of(Stage.ROUND), step.scenario.name)
        if not slower:
            raise LoadError(
                "No request was answered in the rounds, so that there is no rate to measure at.",
                "See what the targets answer: 'partsearch logs'.",
            )
        rate = slower * step.share
        self._findings.open_loop.append(self._open_loop.measure(step.target, step.scenario, step.share, rate))
