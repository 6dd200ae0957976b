"""One measurement of the open loop: runs the generator, and returns its output as a record."""

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
"""The rates as shares of the slower target's closed-loop throughput: all targets get the same rates and can reach
them."""

_SPARE_SECONDS = 30


@dataclass(frozen=True)
class OpenLoop:
    """The settings of the open loop.

    Attributes:
        connections: the most concurrent requests; further ones wait, and their latency includes the wait.
        seconds: seconds of load.
        timeout: seconds from its intended start after which a request fails.
        folder: the folder for the request files, which are kept so that a command can be repeated.
    """

    connections: int
    seconds: float
    timeout: float
    folder: Path

    def measure(self, target: Target, scenario: Scenario, share: float, rate: float) -> OpenLoopRound:
        """Send the requests of a scenario to a target at a fixed rate.

        Args:
            target: the target to measure.
            scenario: the requests, sent in turn.
            share: ``rate`` as a share of the slower target's throughput, for the record.
            rate: requests per second.

        Raises:
            LoadError: the target does not answer, or the generator failed.
        """
        command = self._command(target, scenario, rate)
        began = datetime.now(UTC).isoformat(timespec="seconds")
        output = self._run(command)
        return OpenLoopRound(
            target=target.name,
            scenario=scenario.name,
            share=share,
            rate_wanted=rate,
            rate_reached=output["rate_reached"],
            connections=self.connections,
            command=shlex.join(command),
            began=began,
            seconds=output["seconds"],
            requests=output["requests"],
            non_2xx=output["non_2xx"],
            failed=output["failed"],
            latency=_histogram(output["latency"]),
            lateness=_histogram(output["lateness"]),
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
        output = run_program(command, self.seconds + self.timeout + _SPARE_SECONDS)
        results: dict[str, Any] = json.loads(output)
        return results


def _histogram(pairs: Sequence[Sequence[int]]) -> Histogram:
    return tuple((microseconds, count) for microseconds, count in pairs)


def slower_rate(rounds: Sequence[Round], scenario: str) -> float:
    """Return the lowest median rate of the targets of a scenario; 0 without rounds."""
    rates: dict[str, list[float]] = {}
    for round_ in rounds:
        if round_.scenario == scenario:
            rates.setdefault(round_.target, []).append(round_.rate)
    return min(map(statistics.median, rates.values()), default=0.0)
