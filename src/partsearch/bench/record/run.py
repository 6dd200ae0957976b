"""A whole run, and its JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from partsearch.bench.errors import RecordError
from partsearch.bench.record.environment import Budget, Machine, Parity, RunWarning
from partsearch.bench.record.load import Generator, Noise, OpenLoopRound, Round, Scenario, Sweep, Target
from partsearch.operation.access.privileges import for_owner

FORMAT = 1
_JSON_NAMES = {"parity": "truth"}
"""JSON names of attributes that have another name here: records of earlier releases stay readable."""
_ATTRIBUTES = {name: attribute for attribute, name in _JSON_NAMES.items()}
_NEXT_STEP = "Give a .json file that 'partsearch bench' wrote."


@dataclass(frozen=True)
class RunSettings:
    """How a run was measured.

    Attributes:
        command: the command of the user.
        connections: connections of the main rounds, of A/A, of the open loop and of the catalogs of other sizes.
        threads: threads of wrk.
        duration: seconds of a round.
        rounds: rounds of each target and scenario.
        warm_up: seconds of load on each target before the first round; in no figure.
        timeout: seconds after which a request fails.
    """

    command: str
    generator: Generator
    connections: int
    threads: int
    duration: float
    rounds: int
    warm_up: float
    timeout: float


@dataclass(frozen=True)
class Run:
    """The results of one ``partsearch bench``; a stopped run has the results up to then.

    Attributes:
        began: UTC, ISO 8601.
        ended: UTC, ISO 8601.
        is_complete: whether all steps were done.
        noise: empty where A/A was not measured.
    """

    machine: Machine
    settings: RunSettings
    scenarios: tuple[Scenario, ...]
    targets: tuple[Target, ...]
    parity: Parity
    rounds: tuple[Round, ...]
    noise: tuple[Noise, ...]
    open_loop: tuple[OpenLoopRound, ...]
    sweep: Sweep
    budget: tuple[Budget, ...]
    warnings: tuple[RunWarning, ...]
    began: str
    ended: str
    is_complete: bool

    def rounds_of(self, target: str, scenario: str) -> tuple[Round, ...]:
        """Return the rounds of a target and a scenario in the order of measuring."""
        return tuple(round_ for round_ in self.rounds if (round_.target, round_.scenario) == (target, scenario))

    def to_json(self) -> bytes:
        """Return the run as one line of JSON; :meth:`from_json` reads it."""
        fields = _renamed(asdict(self), _JSON_NAMES)
        return orjson.dumps({"format": FORMAT, **fields}, option=orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def from_json(cls, text: bytes) -> "Run":
        """Return the run that :meth:`to_json` wrote, in this release or in an earlier one.

        Raises:
            RecordError: the text is not a run, or has another format.
        """
        try:
            fields = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise _not_a_run(str(error)) from error
        if not isinstance(fields, dict) or fields.get("format") != FORMAT:
            found = fields.get("format") if isinstance(fields, dict) else None
            raise _not_a_run(f"its format is {found!r}, not {FORMAT}")
        try:
            return _adapter().validate_python(_renamed(fields, _ATTRIBUTES))
        except ValidationError as error:
            first = error.errors()[0]
            raise _not_a_run(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _renamed(fields: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in fields.items()}


@cache
def _adapter() -> TypeAdapter[Run]:
    """Return the validator of runs. It is built on first use: importing it would slow down every command."""
    return TypeAdapter(Run)


def _not_a_run(why: str) -> RecordError:
    return RecordError(f"The file holds no run that this release can read: {why}.", _NEXT_STEP)


def read_run(path: Path) -> Run:
    """Return the run in a file.

    Raises:
        RecordError: the file cannot be read, or holds no run.
    """
    return Run.from_json(for_owner(path, lambda: _content(path)))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}.", _NEXT_STEP) from error
