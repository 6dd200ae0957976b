"""The load generators: wrk for the services, pgbench for the SQL alone."""

import asyncio
import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from partsearch.fastapi_service.composer import Statement
from tests.benchmarks.bodies import BODIES
from tests.benchmarks.totals.asking import answering, connected, load_statistics

CONNECTIONS = 100
MANY_CONNECTIONS = 1_000
_THREADS = 2
_TIMEOUT_SECONDS = 10
_PGBENCH_CLIENTS = 8

_LUA = """
local values = {%s}
local next = 0
request = function()
  next = next %% #values + 1
  return %s
end
done = function(summary, latency)
  for position = 1, #latency do
    print(string.format("latency %%d %%d", latency(position)))
  end
  print(string.format("requests %%d", summary.requests))
  print(string.format("microseconds %%d", summary.duration))
  local e = summary.errors
  print(string.format("failed %%d", e.connect + e.read + e.write + e.status + e.timeout))
end
"""


_POST_OF_VALUE = 'wrk.format("POST", wrk.path .. "search/part/", {["Content-Type"] = "application/json"}, values[next])'
_GET_OF_VALUE = 'wrk.format("GET", wrk.path .. values[next])'


@dataclass(frozen=True)
class Measured:
    """One run of a generator: requests per second, failed or timed-out requests, and the tail of the latencies.

    ``tail`` is the 99th percentile of the latencies divided by their median, ``p99`` that percentile in seconds;
    ``None`` where they are unknown. ``latencies`` says how often each latency in microseconds was measured.
    """

    rate: float
    failed: int
    tail: float | None = None
    p99: float | None = None
    latencies: Mapping[int, int] = field(default_factory=dict)


def _quoted(text: str) -> str:
    return "[==[" + text + "]==]"


def write_lua(folder: Path, bodies: Mapping[str, dict[str, Any]] = BODIES) -> Path:
    """Write a script for wrk that sends the bodies in turn, by default the eight of the benchmark; return its path."""
    path = folder / "bodies.lua"
    values = ", ".join(_quoted(json.dumps(body, ensure_ascii=False)) for body in bodies.values())
    path.write_text(_LUA % (values, _POST_OF_VALUE))
    return path


def write_paths_lua(path: Path, paths: Sequence[str]) -> Path:
    """Write a script for wrk that gets the paths below the URL in turn; return its path."""
    path.write_text(_LUA % (", ".join(map(_quoted, paths)), _GET_OF_VALUE))
    return path


def wrk(url: str, script: Path, seconds: int, connections: int = CONNECTIONS) -> Measured:
    """Return the result of wrk against ``url`` with ``connections`` clients."""
    command = [
        "wrk",
        f"-t{min(_THREADS, connections)}",
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        f"{_TIMEOUT_SECONDS}s",
    ]
    command += ["-s", str(script), f"{url}/"]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    latencies = _measured_latencies(output, connections)
    return Measured(
        _number(r"Requests/sec:\s+([\d.]+)", output),
        int(_number(r"failed (\d+)", output)),
        percentile(latencies, 0.99) / percentile(latencies, 0.5),
        percentile(latencies, 0.99) / 1_000_000,
        latencies,
    )


def _measured_latencies(output: str, connections: int) -> dict[int, int]:
    """Return how often each latency in microseconds was measured, without the samples that wrk adds.

    For each latency of more than twice the mean time of a request, wrk adds one sample for each mean time in it
    (``stats_correct`` in wrk's ``stats.c``). From the longest latency down, these samples can be subtracted.
    """
    counts = {int(value): int(count) for value, count in re.findall(r"^latency (\d+) (\d+)$", output, re.MULTILINE)}
    mean = int(_number(r"microseconds (\d+)", output) // (_number(r"requests (\d+)", output) // connections))
    for value in sorted(counts, reverse=True):
        for added in range(value - mean, mean, -mean):
            counts[added] -= counts[value]
    return counts


def percentile(counts: Mapping[int, int], share: float) -> int:
    """Return the latency that so large a share of the requests does not exceed."""
    left = share * sum(counts.values())
    for value in sorted(counts):
        left -= counts[value]
        if left <= 0:
            return value
    raise ValueError("wrk has measured no latency")


def _number(pattern: str, output: str) -> float:
    match = re.search(pattern, output)
    if match is None:
        raise ValueError(f"no {pattern} in: {output}")
    return float(match[1])


@dataclass(frozen=True)
class Scripts:
    """The SQL of the FastAPI service for the eight searches, as scripts of pgbench."""

    files: list[Path]
    variables: list[str]

    @classmethod
    def written(cls, folder: Path, conninfo: str) -> "Scripts":
        """Write a script for each search with its values as variables, so that ``-M prepared`` binds them.

        Args:
            folder: where to write.
            conninfo: the database, by whose statistics the service would choose the statements.
        """
        files, variables = [], []
        for number, statement in enumerate(asyncio.run(_statements(conninfo))):
            sql = statement.sql
            for position, value in reversed(list(enumerate(statement.values, start=1))):
                sql = sql.replace(f"${position}", f":s{number}v{position}")
                variables += ["-D", f"s{number}v{position}={_as_text(value)}"]
            path = folder / f"search{number}.sql"
            path.write_text(" ".join(sql.split()) + ";\n")
            files.append(path)
        return cls(files, variables)

    def run(self, url: str, seconds: int, clients: int = _PGBENCH_CLIENTS, only: int | None = None) -> Measured:
        """Return the result of pgbench with one search, or with all of them in a random order."""
        files = self.files if only is None else [self.files[only]]
        command = [pgbench_binary(), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, _THREADS))]
        command += ["-T", str(seconds), *self.variables, *(part for path in files for part in ("-f", str(path))), url]
        output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
        return Measured(
            _number(r"tps = ([\d.]+)", output), int(_number(r"number of failed transactions: (\d+)", output))
        )


async def _statements(conninfo: str) -> list[Statement]:
    async with connected(conninfo) as connection:
        await load_statistics(connection)
        return [await answering(connection, body) for body in BODIES.values()]


def _as_text(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "{" + ",".join(json.dumps(item, ensure_ascii=False) for item in value) + "}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def pgbench_binary() -> str:
    """Return the path of pgbench."""
    from partsearch.database.embedded import binary

    return binary("pgbench")
