"""The time budget of a round: CPU time and memory of each process group, and the SQL that PostgreSQL ran."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from partsearch.bench.environment.busyness import busyness
from partsearch.bench.environment.process_groups import GENERATOR, ProcessGroups, cpu_seconds, members
from partsearch.bench.environment.statements import StatementLog, between
from partsearch.bench.record import Budget, Busyness, Round, Statement
from partsearch.system.process_tree import resident_bytes

_TOP_STATEMENTS = 10
_LOOPBACK = ("lo", "lo0")


@dataclass(frozen=True)
class _Moment:
    """All counters at one moment."""

    clock: float
    machine: Busyness
    groups: dict[str, float]
    network_bytes: int


@dataclass
class BudgetObserver:
    """Observes rounds, one at a time.

    Use::

        with observer.observing() as observed:
            done = run_the_round()
        budget = observed.budget(done)

    Attributes:
        groups: the process groups to observe.
        statements: the log of SQL statements.
    """

    groups: ProcessGroups
    statements: StatementLog

    @contextmanager
    def observing(self) -> Iterator["Observation"]:
        """Observe the block; the yielded object has the results after it."""
        statements = self.statements.read()
        observed = Observation(self._look())
        yield observed
        observed.after = self._look()
        if not self.statements.unknown:
            observed.statements = between(statements, self.statements.read())
        observed.statements_unknown = self.statements.unknown
        observed.memory_bytes = {
            name: resident_bytes(tree.values()) for name, tree in members(self.groups).items() if name != GENERATOR
        }

    def _look(self) -> _Moment:
        return _Moment(
            clock=time.monotonic(),
            machine=busyness(),
            groups={name: cpu_seconds(tree.values()) for name, tree in members(self.groups).items()},
            network_bytes=_loopback_bytes(),
        )


@dataclass
class Observation:
    """The observations of one round."""

    before: _Moment
    after: _Moment | None = None
    statements: tuple[Statement, ...] | None = None
    statements_unknown: str = ""
    memory_bytes: dict[str, int] = field(default_factory=dict)

    def budget(self, measured: Round) -> Budget:
        """Return the budget of the observed round, which has ended.

        Raises:
            ValueError: the round has not ended.
        """
        if self.after is None:
            raise ValueError("the round has not ended")
        return Budget(
            target=measured.target,
            scenario=measured.scenario,
            connections=measured.connections,
            number=measured.number,
            seconds=self.after.clock - self.before.clock,
            requests=measured.requests,
            cpu_seconds=_cpu(self.before, self.after),
            memory_bytes=self.memory_bytes,
            network_bytes=max(0, self.after.network_bytes - self.before.network_bytes),
            statements=self.statements[:_TOP_STATEMENTS] if self.statements is not None else None,
            statements_unknown=self.statements_unknown,
        )


def _cpu(before: _Moment, after: _Moment) -> dict[str, float]:
    """Return CPU seconds by process group; ``other`` is the rest, not exactly since the kernel rounds."""
    used = {name: max(0.0, after.groups[name] - before.groups[name]) for name in after.groups}
    busy = after.machine.busy_seconds - before.machine.busy_seconds
    steal = after.machine.steal_seconds - before.machine.steal_seconds
    total = after.machine.total_seconds - before.machine.total_seconds
    rest = {"other": max(0.0, busy - sum(used.values())), "idle": max(0.0, total - busy - steal), "steal": steal}
    return {name: round(seconds, 3) for name, seconds in (used | rest).items()}


def _loopback_bytes() -> int:
    """Return the bytes received over the loopback interface since boot; each sent byte is received there too."""
    counters = psutil.net_io_counters(pernic=True)
    return sum(int(counters[name].bytes_recv) for name in _LOOPBACK if name in counters)
