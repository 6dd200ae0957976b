"""Load by siege: a number of users without a pause between their requests.

siege reports rates and counts, and only the mean and the longest latency: there is no histogram. Failures are one
number, whether a request had a wrong status or no answer. siege keeps a connection only if the server sends
``Connection: keep-alive``; otherwise it opens a new one for each request.
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
    """Runs siege, with its settings and the requests of its scenarios in files.

    Args:
        folder: the folder for the files, which are kept so that a command can be repeated.
        timeout: seconds after which a request fails.

    Raises:
        ProgramMissingError: siege is not installed.
    """

    def __init__(self, folder: Path, timeout: int) -> None:
        self._program = find_program(Generator.SIEGE)
        self._folder = folder / "siege"
        self._timeout = timeout

    def load(self, target: Target, scenario: Scenario, connections: int, seconds: int, number: int) -> Round:
        """Run one round.

        Args:
            target: the target to measure.
            scenario: the requests, sent in turn.
            connections: the number of users.
            seconds: seconds of load.
            number: the number of the round.

        Raises:
            LoadError: siege fails.
        """
        # With the user's home, siege would write its settings there.
        command = ["env", f"HOME={self._folder}", self._program, "-R", str(self._settings_file()), "-b"]
        command += [f"-c{connections}", f"-t{seconds}S", "--no-follow", "-T", "application/json"]
        command += ["-H", f"Host: {target.host}"] if target.host else []
        command += ["-f", str(self._url_file(target, scenario))]
        began = datetime.now(UTC).isoformat(timespec="seconds")
        output = _parse(run_program(command, seconds + self._timeout + _SPARE_SECONDS))
        return Round(
            target=target.name,
            scenario=scenario.name,
            generator=Generator.SIEGE,
            connections=connections,
            threads=connections,
            number=number,
            command=shlex.join(command),
            began=began,
            seconds=output["elapsed_time"],
            requests=output["successful_transactions"],
            non_2xx=0,
            timed_out=0,
            socket_errors={"failed": output["failed_transactions"]},
            bytes=round(output["data_transferred"] * _MEGABYTE),
            latency_mean=output["response_time"],
            latency_longest=output["longest_transaction"],
        )

    def _settings_file(self) -> Path:
        file = self._folder / "settings"
        self._folder.mkdir(parents=True, exist_ok=True)
        file.write_text(_SETTINGS.format(timeout=self._timeout), encoding="utf-8")
        return file

    def _url_file(self, target: Target, scenario: Scenario) -> Path:
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


def _parse(output: str) -> dict[str, Any]:
    try:
        results: dict[str, Any] = json.loads(output[output.index("{") : output.rindex("}") + 1])
    except ValueError:
        raise LoadError("siege did not print its results.", "Is 'siege' siege 4? See 'siege --version'.") from None
    return results
