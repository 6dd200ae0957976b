"""How far away the database is."""

import time
from collections.abc import Iterator
from statistics import median

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor.asking import Asked
from partsearch.database.doctor.ways import DIRECT, Way

_ROUND_TRIPS = 20
_SLOW_MILLISECONDS = 20


def round_trip(way: Way, asked: Asked) -> Iterator[CheckResult]:
    """The median of some questions that cost nothing but the way; searches do not go the direct way beside a pooler."""
    milliseconds = median(_milliseconds(asked) for _ in range(_ROUND_TRIPS))
    is_slow = milliseconds > _SLOW_MILLISECONDS and way.name != DIRECT
    yield CheckResult(
        way.subject("round trip"),
        f"{milliseconds:.2f} ms, the median of {_ROUND_TRIPS}",
        next_step="Move the services nearer to the database: each search waits this long." if is_slow else "",
    )


def _milliseconds(asked: Asked) -> float:
    started = time.perf_counter()
    asked.value("SELECT 1")
    return (time.perf_counter() - started) * 1000
