"""What was measured on: the machine, the programs, the database and the commit; and how busy it was."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Busyness:
    """The machine at a moment.

    Attributes:
        at: UTC, ISO 8601.
        load: the load average of 1, 5 and 15 minutes.
        busy_seconds: CPU seconds of all cores since boot that were not idle, without the stolen ones.
        steal_seconds: CPU seconds of all cores since boot that the host gave to others.
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
        cpu: the model's name.
        cores: logical ones.
        affinity: the cores that this process may use.
        governor: of the CPU frequency; ``None`` where the kernel does not say.
        is_turbo: whether the CPU may run faster than its base frequency; ``None`` where the kernel does not say.
        memory_bytes: of the machine.
        kernel: its name and version.
        versions: of Python, Django, FastAPI, the drivers, PostgreSQL, Nginx, wrk, siege, by name.
        database: its kind, never its address.
        database_settings: those of PostgreSQL that are not its defaults, without secrets.
        rows: of the catalog, by table.
        workers: processes of each service.
        pool: database connections of each service.
        release: of the site.
        commit: of the checkout; ``None`` where there is none.
        is_tree_clean: whether the checkout was as committed.
        before: before the first round.
        after: after the last one; ``None`` in a run that broke off.
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
    """One SQL statement over a round: its text with placeholders, how often it ran, how long in all, its rows."""

    text: str
    calls: int
    seconds: float
    rows: int


@dataclass(frozen=True)
class Budget:
    """Where the time of one round went.

    Attributes:
        target, scenario, connections, number: those of the round.
        seconds: that were watched: the round's, and the moment that its generator takes to start and to end.
        requests: of the round.
        cpu_seconds: by who used them: ``postgres``, ``django``, ``fastapi``, ``nginx``, ``generator``, ``other``; and
            ``idle`` and ``steal``.
        memory_bytes: resident at the end, what processes share divided among them (PSS), by the same names.
        network_bytes: received over the loopback interface.
        statements: the top ones by time; ``None`` where PostgreSQL does not tell.
        statements_unknown: why, or empty.
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
    """SQL statements that one request of a scenario takes; ``None`` where PostgreSQL does not tell."""

    target: str
    scenario: str
    statements: float | None


@dataclass(frozen=True)
class Parity:
    """The targets gave the same answers, else there is no run.

    Attributes:
        answers: how many were compared, over all scenarios.
        matches: by scenario, the ``count`` of each of its requests.
        statements: by target and scenario.
        statements_unknown: why some of them are not known, or empty.
    """

    answers: int
    matches: Mapping[str, tuple[int, ...]]
    statements: tuple[StatementCount, ...] = ()
    statements_unknown: str = ""


@dataclass(frozen=True)
class RunWarning:
    """What makes the numbers less believable, and what to try next: a warning, in a word that Python has not taken."""

    what: str
    advice: str
