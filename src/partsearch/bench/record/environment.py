"""The environment of a run: machine, programs, database and commit; CPU time and SQL; the parity check; warnings."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Busyness:
    """How busy the machine is at one moment.

    Attributes:
        at: UTC, ISO 8601.
        load: the load averages of 1, 5 and 15 minutes.
        busy_seconds: CPU seconds of all cores since boot, neither idle nor stolen.
        steal_seconds: CPU seconds of all cores since boot that the host gave to other guests.
        total_seconds: all CPU seconds of all cores since boot.
    """

    at: str
    load: tuple[float, float, float]
    busy_seconds: float
    steal_seconds: float
    total_seconds: float


@dataclass(frozen=True)
class Machine:
    """The machine and what runs on it.

    Attributes:
        cpu: the name of the model.
        cores: the number of logical cores.
        affinity: the numbers of the cores that this process may use.
        governor: the CPU frequency governor; ``None`` where the kernel does not report it.
        is_turbo: whether the CPU may exceed its base frequency; ``None`` where the kernel does not report it.
        memory_bytes: the memory of the machine.
        kernel: the name and version of the kernel.
        versions: by name, of Python, Django, FastAPI, the drivers, PostgreSQL, Nginx, wrk and siege.
        database: the kind of the database, never its address.
        database_settings: PostgreSQL settings that differ from its defaults, without secrets.
        rows: rows of the catalog, by table.
        workers: worker processes of each service.
        pool: database connections of each service.
        release: the release that the site runs.
        commit: the commit of the checkout; ``None`` without a checkout.
        is_tree_clean: whether everything in the checkout was committed.
        before: the machine before the first round.
        after: the machine after the last round; ``None`` in a run that failed.
    """

    cpu: str
    cores: int
    affinity: tuple[int, ...]
    governor: str | None
    is_turbo: bool | None
    memory_bytes: int
    kernel: str
    versions: Mapping[str, str]
    database: str | None
    database_settings: Mapping[str, str]
    rows: Mapping[str, int]
    workers: Mapping[str, int]
    pool: Mapping[str, int]
    release: str | None
    commit: str | None
    is_tree_clean: bool | None
    before: Busyness
    after: Busyness | None = None


@dataclass(frozen=True)
class Statement:
    """One SQL statement over a round: its text with placeholders, its calls, total seconds and rows."""

    text: str
    calls: int
    seconds: float
    rows: int


@dataclass(frozen=True)
class Budget:
    """The time budget of one round: the CPU time, memory, network traffic and SQL of each process group.

    Attributes:
        target, scenario, connections, number: the round.
        seconds: observed seconds: the round, and the start and the end of its generator.
        requests: answers of the round.
        cpu_seconds: by process group: ``postgres``, ``django``, ``fastapi``, ``nginx``, ``generator``, ``other``;
            and ``idle`` and ``steal``.
        memory_bytes: resident memory at the end by process group, shared memory divided among its users (PSS).
        network_bytes: bytes received over the loopback interface.
        statements: the statements that took most time; ``None`` where PostgreSQL does not count them.
        statements_unknown: why they are unknown, or empty.
    """

    target: str
    scenario: str
    connections: int
    number: int
    seconds: float
    requests: int
    cpu_seconds: Mapping[str, float]
    memory_bytes: Mapping[str, int]
    network_bytes: int
    statements: tuple[Statement, ...] | None = None
    statements_unknown: str = ""


@dataclass(frozen=True)
class StatementCount:
    """SQL statements per request of a scenario; ``None`` where PostgreSQL does not count them."""

    target: str
    scenario: str
    statements: float | None


@dataclass(frozen=True)
class Parity:
    """The result of the parity check: all targets gave the same answers. Otherwise there is no run.

    Attributes:
        answers: how many answers were compared, over all scenarios.
        matches: by scenario, the ``count`` of each of its requests.
        statements: SQL statements per request, by target and scenario.
        statements_unknown: why some of them are unknown, or empty.
    """

    answers: int
    matches: Mapping[str, tuple[int, ...]]
    statements: tuple[StatementCount, ...] = ()
    statements_unknown: str = ""


@dataclass(frozen=True)
class RunWarning:
    """Why figures of a run may be wrong, and what to try next. Python has its own ``Warning``."""

    what: str
    advice: str
