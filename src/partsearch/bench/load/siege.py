"""Load by siege: as many users as asked for, without a pause between their requests.

It tells rates and counts, and of the latencies the mean and the longest alone: there is no histogram. What failed is
one number, whether it had a wrong status or no answer. It keeps a connection only where the server says
``Connection: keep-alive``, and makes a new one for each request elsewhere.
"""

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from partsearch.bench.errors import LoadError
from partsearch.bench.load.programs import find_program, run_program
from partsearch.bench.record import Generator, Request, Round, Scenario, Target

_SETTINGS = """\
verbose = false
quiet = true
color = off
json_output = true
logging = false
show-logfile = false
parser = false
limit = 10000
protocol = HTTP/1.1
cache = false
connection = keep-alive
accept-encoding = identity
url-escaping = false
unique = true
delay = 0
failures = 1000000000
timeout = {timeout}
"""
_MEGABYTE = 1024 * 1024
_SPARE_SECONDS = 60


class Siege:
    """siege, with its settings and the requests of its scenarios in files.

    Args:
        folder: where the files are written, and kept, so that a command can be run again.
        timeout: seconds that an answer is waited for.

    Raises:
        ProgramMissingError: siege is not installed.
    """

    def __init__(self, folder: Path, timeout: int) -> None:
        self._program = find_program(Generator.SIEGE)
        self._folder = folder / "siege"
        self._timeout = timeout

    def load(self, target: Target, scenario: Scenario, connections: int, seconds: int, number: int) -> Round:
        """One round.

        Args:
            target: what is measured.
            scenario: what is asked, in turn.
            connections: users.
            seconds: of load.
            number: of the round.

        Raises:
            LoadError: siege fails.
        """
        # Without a home of its own it would write its settings into the user's.
        command = ["env", f"HOME={self._folder}", self._program, "-R", str(self._written_settings()), "-b"]
        command += [f"-c{connections}", f"-t{seconds}S", "--no-follow", "-T", "application/json"]
        command += ["-H", f"Host: {target.host}"] if target.host else []
        command += ["-f", str(self._written(target, scenario))]
        began = datetime.now(UTC).isoformat(timespec="seconds")
        told = _told(run_program(command, seconds + self._timeout + _SPARE_SECONDS))
        return Round(
            target=target.name,
            scenario=scenario.name,
            generator=Generator.SIEGE,
            connections=connections,
            threads=connections,
            number=number,
            command=shlex.join(command),
            began=began,
            seconds=told["elapsed_time"],
            requests=told["successful_transactions"],
            non_2xx=0,
            timed_out=0,
            socket_errors={"failed": told["failed_transactions"]},
            bytes=round(told["data_transferred"] * _MEGABYTE),
            latency_mean=told["response_time"],
            latency_longest=told["longest_transaction"],
        )

    def _written_settings(self) -> Path:
        file = self._folder / "settings"
        self._folder.mkdir(parents=True, exist_ok=True)
        file.write_text(_SETTINGS.format(timeout=self._timeout), encoding="utf-8")
        return file

    def _written(self, target: Target, scenario: Scenario) -> Path:
        file = self._folder / f"{target.name}-{scenario.name}.urls"
        lines = [self._line(target, scenario, number) for number in range(len(scenario.requests))]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    def _line(self, target: Target, scenario: Scenario, number: int) -> str:
        request: Request = scenario.requests[number]
        if not request.body:
            return f"{target.address}{request.path}"
        body = self._folder / f"{scenario.name}-{number}.json"
        body.write_text(request.body, encoding="utf-8")
        return f"{target.address}{request.path} {request.method} <{body}"


def _told(output: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(output[output.index("{") : output.rindex("}") + 1])
    except ValueError:
        raise LoadError(
            "siege said nothing of what it did.", "Is 'siege' siege 4? 'siege --version' says it."
        ) from None
    return told
