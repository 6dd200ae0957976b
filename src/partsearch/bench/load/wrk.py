"""Load by wrk: as many connections as asked for, each putting its next request as soon as it has its answer."""

import json
import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from partsearch.bench.analysis.histogram import correction_interval, undo_correction
from partsearch.bench.errors import LoadError
from partsearch.bench.load.programs import find_program, run_program
from partsearch.bench.record import Generator, Request, Round, Scenario, Target

_SCRIPT = Path(__file__).with_name("wrk.lua")
_MARK = "partsearch-bench "
_MICROSECONDS = 1_000_000
_SPARE_SECONDS = 60


class Wrk:
    """wrk, with the requests of its scenarios in files.

    Args:
        folder: where the files are written, and kept, so that a command can be run again.
        threads: of wrk, at the most.
        timeout: seconds after which a late answer counts as timed out.

    Raises:
        ProgramMissingError: wrk is not installed.
    """

    def __init__(self, folder: Path, threads: int, timeout: float) -> None:
        self._program = find_program(Generator.WRK)
        self._folder = folder
        self._threads = threads
        self._timeout = timeout

    def load(self, target: Target, scenario: Scenario, connections: int, seconds: int, number: int) -> Round:
        """One round.

        Args:
            target: what is measured.
            scenario: what is asked, in turn.
            connections: that are open at a time.
            seconds: of load.
            number: of the round.

        Raises:
            LoadError: wrk fails, as where nothing listens.
        """
        threads = even_threads(self._threads, connections)
        command = [self._program, f"-t{threads}", f"-c{connections}", f"-d{seconds}s", f"--timeout={self._timeout:g}s"]
        command += ["-s", str(_SCRIPT)] + (["-H", f"Host: {target.host}"] if target.host else [])
        command += [f"{target.address}/", str(self._written(scenario))]
        began = datetime.now(UTC).isoformat(timespec="seconds")
        told = _told(run_program(command, seconds + self._timeout + _SPARE_SECONDS))
        given = tuple((value, count) for value, count in told["latency"])
        took = told["microseconds"] / _MICROSECONDS
        return Round(
            target=target.name,
            scenario=scenario.name,
            generator=Generator.WRK,
            connections=connections,
            threads=threads,
            number=number,
            command=shlex.join(command),
            began=began,
            seconds=took,
            requests=told["requests"],
            non_2xx=told["requests"] - _successes(told["statuses"]),
            timed_out=told["timed_out"],
            socket_errors=told["socket_errors"],
            bytes=told["bytes"],
            statuses=told["statuses"],
            latency_as_given=given,
            latency=undo_correction(given, correction_interval(took, told["requests"], connections)),
        )

    def _written(self, scenario: Scenario) -> Path:
        file = self._folder / f"{scenario.name}.requests"
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(f"{_line(request)}\n" for request in scenario.requests), encoding="utf-8")
        return file


def even_threads(threads: int, connections: int) -> int:
    """As many threads as can share the connections evenly: wrk opens no more than each thread's whole share of them."""
    return next(number for number in range(min(threads, connections), 0, -1) if connections % number == 0)


def _line(request: Request) -> str:
    return f"{request.method} {request.path} {request.body}".rstrip()


def _told(output: str) -> dict[str, Any]:
    """What wrk.lua has found out."""
    line = next((line for line in output.splitlines() if line.startswith(_MARK)), None)
    if line is None:
        raise LoadError("wrk said nothing of its latencies.", "Is 'wrk' wrk 4, with Lua? 'wrk --version' says it.")
    told: dict[str, Any] = json.loads(line.removeprefix(_MARK))
    return told


def _successes(statuses: Mapping[str, int]) -> int:
    return sum(count for status, count in statuses.items() if status.startswith("2"))
