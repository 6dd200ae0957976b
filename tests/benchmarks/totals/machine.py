"""The machine of a step, and why its figures may be wrong."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import psycopg

from partsearch.bench.analysis.warnings.environment import BUSY_SHARE, STEAL_SHARE
from partsearch.bench.environment.busyness import busyness
from partsearch.bench.environment.machine import describe_machine
from partsearch.bench.formatting import percent
from partsearch.bench.record import Busyness

_IDLE_SECONDS = 2.0


def machine_facts(conninfo: str) -> dict[str, Any]:
    """Return the processor, the memory, the versions, the settings of PostgreSQL and the commit."""
    facts = {name: value for name, value in asdict(describe_machine(None)).items() if value not in (None, {}, ())}
    with psycopg.connect(conninfo) as connection:
        settings = connection.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name IN"
            " ('shared_buffers', 'work_mem', 'jit', 'max_parallel_workers_per_gather', 'effective_cache_size')"
        ).fetchall()
        facts["versions"]["PostgreSQL"] = connection.info.parameter_status("server_version")
    return {**facts, "database_settings": dict(settings)}


def busy_share() -> float:
    """Return the share of the processors' time that is used while the benchmark does nothing."""
    before = busyness()
    time.sleep(_IDLE_SECONDS)
    return _share(before, busyness(), "busy_seconds")


def warnings(idle_share: float, before: Busyness, after: Busyness) -> Iterator[str]:
    """Yield why the figures of a step may be wrong.

    Args:
        idle_share: what ``busy_share`` returned before the step.
        before: the machine before the step.
        after: the machine after it.
    """
    if idle_share > BUSY_SHARE:
        yield f"Other programs used {percent(idle_share)} of the processors' time before the step. Stop them first."
    stolen = _share(before, after, "steal_seconds")
    if stolen > STEAL_SHARE:
        yield f"The host took {percent(stolen)} of the processors' time away (steal). Repeat the step."


def _share(before: Busyness, after: Busyness, name: str) -> float:
    total = after.total_seconds - before.total_seconds
    return (getattr(after, name) - getattr(before, name)) / total if total > 0 else 0.0
