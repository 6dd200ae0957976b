"""One measurement of the open loop: the generator is run, and what it prints becomes a record."""

import json
import shlex
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from partsearch.bench.load.programs import run_program
from partsearch.bench.record import Histogram, OpenLoopRound, Round, Scenario, Target

SHARES = (0.5, 0.7, 0.9)
"""Of the slower target's throughput in the closed loop: both are measured at the same rates, which both can bear."""

_PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class OpenLoop:
    """How it is measured.

    Attributes:
        connections: requests under way at a time, at the most; more wait, and their waiting is in their latency.
        seconds: of load.
        timeout: seconds from its intended start after which a request is given up.
        folder: where the requests are written, for whoever wants to repeat the command.
    """

    connections: int
    seconds: float
    timeout: float
    folder: Path

    def measure(self, target: Target, scenario: Scenario, share: float, rate: float) -> OpenLoopRound:
        """Puts the requests of a scenario to a target at a fixed rate.

        Args:
            target: who is asked.
            scenario: what, in turn.
            share: that ``rate`` is of the slower target's throughput; it is only noted.
            rate: requests a second.

        Raises:
            LoadError: the target does not answer, or the generator failed.
        """
        command = self._command(target, scenario, rate)
        began = datetime.now(UTC).isoformat(timespec="seconds")
        told = self._run(command)
        return OpenLoopRound(
            target=target.name,
            scenario=scenario.name,
            share=share,
            rate_wanted=rate,
            rate_reached=told["rate_reached"],
            connections=self.connections,
            command=shlex.join(command),
            began=began,
            seconds=told["seconds"],
            requests=told["requests"],
            non_2xx=told["non_2xx"],
            failed=told["failed"],
            latency=_histogram(told["latency"]),
            lateness=_histogram(told["lateness"]),
        )

    def _command(self, target: Target, scenario: Scenario, rate: float) -> list[str]:
        path = self.folder / f"{scenario.name.replace(' ', '-')}.requests.json"
        path.write_text(json.dumps([asdict(request) for request in scenario.requests], ensure_ascii=False))
        host = ["--host", target.host] if target.host else []
        return [
            sys.executable, "-P", "-m", "partsearch.bench.load.open_loop", "--rate", f"{rate:.6g}",
            "--seconds", f"{self.seconds:g}", "--connections", str(self.connections),
            "--timeout", f"{self.timeout:g}", *host, target.address, str(path),
        ]  # fmt: skip

    def _run(self, command: list[str]) -> dict[str, Any]:
        printed = run_program(command, self.seconds + self.timeout + _PATIENCE_SECONDS)
        told: dict[str, Any] = json.loads(printed)
        return told


def _histogram(told: Sequence[Sequence[int]]) -> Histogram:
    return tuple((microseconds, count) for microseconds, count in told)


def slower_rate(rounds: Sequence[Round], scenario: str) -> float:
    """Requests a second of the slowest target of a scenario, the median of its rounds; 0 where there are none."""
    rates: dict[str, list[float]] = {}
    for one in rounds:
        if one.scenario == scenario:
            rates.setdefault(one.target, []).append(one.rate)
    return min((statistics.median(found) for found in rates.values()), default=0.0)
