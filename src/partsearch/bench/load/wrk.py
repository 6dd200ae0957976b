"""Load by wrk: a number of connections, each of which sends its next request when it has the answer to the last."""

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
    """Runs wrk, with the requests of its scenarios in files.

    Args:
        folder: the folder for the files, which are kept so that a command can be repeated.
        threads: the most threads of wrk.
        timeout: seconds after which an answer counts as timed out.

    Raises:
        ProgramMissingError: wrk is not installed.
    """

    def __init__(self, folder: Path, threads: int, timeout: float) -> None:
        self._program = find_program(Generator.WRK)
        self._folder = folder
        self._threads = threads
        self._timeout = timeout

    def load(self, target: Target, scenario: Scenario, connections: int, seconds: int, number: int) -> Round:
        """Run one round.

        Args:
            target: the target to measure.
            scenario: the requests, sent in turn.
            connections: the number of open connections.
            seconds: seconds of load.
            number: the number of the round.

        Raises:
            LoadError: wrk fails, such as where nothing listens.
        """
        threads = even_threads(self._threads, connections)
        command = [self._program, f"-t{threads}", f"-c{connections}", f"-d{seconds}s", f"--timeout={self._timeout:g}s"]
        command += ["-s", str(_SCRIPT)] + (["-H", f"Host: {target.host}"] if target.host else [])
        command += [f"{target.address}/", str(self._request_file(scenario))]
        began = datetime.now(UTC).isoformat(timespec="seconds")
        output = _parse(run_program(command, seconds + self._timeout + _SPARE_SECONDS))
        given = tuple((value, count) for value, count in output["latency"])
        took = output["microseconds"] / _MICROSECONDS
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
            requests=output["requests"],
            non_2xx=output["requests"] - _successes(output["statuses"]),
            timed_out=output["timed_out"],
            socket_errors=output["socket_errors"],
            bytes=output["bytes"],
            statuses=output["statuses"],
            latency_as_given=given,
            latency=undo_correction(given, correction_interval(took, output["requests"], connections)),
        )

    def _request_file(self, scenario: Scenario) -> Path:
        file = self._folder / f"{scenario.name}.requests"
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(f"{_line(request)}\n" for request in scenario.requests), encoding="utf-8")
        return file


def even_threads(threads: int, connections: int) -> int:
    """Return the largest number of threads that divides the connections: wrk would not open the remainder."""
    return next(number for number in range(min(threads, connections), 0, -1) if connections % number == 0)


def _line(request: Request) -> str:
    return f"{request.method} {request.path} {request.body}".rstrip()


def _parse(output: str) -> dict[str, Any]:
    """Return the results that wrk.lua has printed.

    Raises:
        LoadError: they are missing.
    """
    line = next((line for line in output.splitlines() if line.startswith(_MARK)), None)
    if line is None:
        raise LoadError("wrk did not print its latencies.", "Is 'wrk' wrk 4, with Lua? See 'wrk --version'.")
    results: dict[str, Any] = json.loads(line.removeprefix(_MARK))
    return results


def _successes(statuses: Mapping[str, int]) -> int:
    return sum(count for status, count in statuses.items() if status.startswith("2"))
