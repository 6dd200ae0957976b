"""Runs the steps of a plan one after the other, each alone on the machine."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from partsearch.bench.analysis.time_budget import BudgetObserver
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

StepListener = Callable[[Step], None]
"""A function that is called with each step before it begins."""


class LoadProgram(Protocol):
    """The interface of wrk and siege."""

    def load(self, target: Target, scenario: Scenario, connections: int, seconds: int, number: int) -> Round:
        """Run one round; raise :class:`LoadError` if the program fails."""


def load_program(options: Options, folder: Path) -> LoadProgram:
    """Return the generator of the options.

    Args:
        options: the options of the run.
        folder: the folder for the request files, which are kept so that commands can be repeated.

    Raises:
        ProgramMissingError: the generator is not installed.
    """
    if options.generator is Generator.SIEGE:
        return Siege(folder, options.timeout)
    return Wrk(folder, options.threads, options.timeout)


class StepRunner:
    """Runs steps and keeps their results."""

    def __init__(
        self,
        program: LoadProgram,
        open_loop: OpenLoop,
        observer: BudgetObserver,
        results: Results,
        on_step: StepListener,
    ) -> None:
        self._program = program
        self._open_loop = open_loop
        self._observer = observer
        self._results = results
        self._on_step = on_step

    def run(self, steps: Sequence[Step]) -> None:
        """Run the steps.

        Raises:
            LoadError: a step fails; the results of the steps before it are kept.
        """
        for step in steps:
            self._on_step(step)
            wait_until_idle(self._observer.groups)
            if step.stage is Stage.OPEN_LOOP:
                self._run_open_loop(step)
            elif step.stage is Stage.ROUND:
                self._run_observed(step)
            else:
                self._results.add(step, self._load(step))

    def run_on_catalog(self, parts: int, groups: ProcessGroups, steps: Sequence[Step]) -> None:
        """Run the steps on a catalog of ``parts`` parts, in a site with these process groups."""
        for step in steps:
            self._on_step(step)
            wait_until_idle(groups)
            measured = self._load(step)
            if step.stage is Stage.SIZE:
                self._results.sizes.setdefault(parts, []).append(measured)

    def _load(self, step: Step) -> Round:
        return self._program.load(step.target, step.scenario, step.connections, step.seconds, step.number)

    def _run_observed(self, step: Step) -> None:
        with self._observer.observing() as observed:
            measured = self._load(step)
        self._results.add(step, measured)
        self._results.budget.append(observed.budget(measured))

    def _run_open_loop(self, step: Step) -> None:
        slower = slower_rate(self._results.rounds_in(Stage.ROUND), step.scenario.name)
        if not slower:
            raise LoadError(
                "No request was answered in the rounds, so the fixed rates are unknown.",
                "See what the targets answer: 'partsearch logs'.",
            )
        rate = slower * step.share
        self._results.open_loop.append(self._open_loop.measure(step.target, step.scenario, step.share, rate))
