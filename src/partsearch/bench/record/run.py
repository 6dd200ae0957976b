"""A whole run, and its JSON."""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from partsearch.bench.errors import RecordError
from partsearch.bench.record.load import Generator, Noise, OpenLoopRound, Round, Scenario, Sweep, Target
from partsearch.bench.record.surroundings import Budget, Caveat, Machine, Truth
from partsearch.operation.access.privileges import for_owner

FORMAT = 1


@dataclass(frozen=True)
class RunSettings:
    """How it was measured.

    Attributes:
        command: what was typed.
        connections: of the main rounds, of A/A, of the open loop and of the sweep of sizes.
        threads: of wrk.
        duration: seconds of a round.
        rounds: of each target and scenario.
        warm_up: seconds of load on each target before the first round; in no figure.
        timeout: seconds that an answer is waited for.
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
    """Everything that ``partsearch bench`` has found out; a run that was stopped has what was done so far.

    Attributes:
        began: UTC, ISO 8601.
        ended: UTC, ISO 8601.
        is_complete: whether it came to its end.
        noise: empty where A/A was not measured.
    """

    machine: Machine
    settings: RunSettings
    scenarios: tuple[Scenario, ...]
    targets: tuple[Target, ...]
    truth: Truth
    rounds: tuple[Round, ...]
    noise: tuple[Noise, ...]
    open_loop: tuple[OpenLoopRound, ...]
    sweep: Sweep
    budget: tuple[Budget, ...]
    warnings: tuple[Caveat, ...]
    began: str
    ended: str
    is_complete: bool

    def rounds_of(self, target: str, scenario: str) -> tuple[Round, ...]:
        """The rounds of a target and a scenario, in the order in which they were measured."""
        return tuple(one for one in self.rounds if (one.target, one.scenario) == (target, scenario))

    def to_json(self) -> bytes:
        """The run as one line of JSON; :meth:`from_json` makes the same run of it."""
        return orjson.dumps({"format": FORMAT, **asdict(self)}, option=orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def from_json(cls, text: bytes) -> "Run":
        """The run that :meth:`to_json` wrote.

        Raises:
            RecordError: it is not one, or of another format.
        """
        try:
            told: dict[str, Any] = orjson.loads(text)
            if told.get("format") != FORMAT:
                raise _not_a_run(f"its format is {told.get('format')!r}, not {FORMAT}")
            return _adapter().validate_python(told)
        except (orjson.JSONDecodeError, AttributeError) as error:
            raise _not_a_run(str(error)) from error
        except ValidationError as error:
            fault = error.errors()[0]
            raise _not_a_run(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error


@cache
def _adapter() -> TypeAdapter[Run]:
    """Made when it is needed: every command of partsearch would pay for it else."""
    return TypeAdapter(Run)


def _not_a_run(why: str) -> RecordError:
    return RecordError(
        f"This is no run that this release can read: {why}.", "Give a .json file that 'partsearch bench' wrote."
    )


def read_run(path: Path) -> Run:
    """The run in a file.

    Raises:
        RecordError: the file cannot be read, or there is no run in it.
    """
    return Run.from_json(for_owner(path, lambda: _content(path)))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecordError(
            f"{path} cannot be read: {error.strerror}.", "Give a .json file that 'partsearch bench' wrote."
        ) from error
