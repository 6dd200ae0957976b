"""How long a service takes to read and check a search: ``python -m tests.benchmarks.validation SRC [SRC ...]``.

Each SRC is the ``src`` folder of a checkout, so that two states of the code can be compared. The rounds take turns,
each in a new process. The table has processor time, in microseconds a search: the median, lowest and highest round.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

ROUNDS = 15
ROUND_SECONDS = 0.1
ALL_FIELDS = {
    "mark_name": "honda",
    "mark_list": [1, 3, 7],
    "model_name": "accord",
    "model_list": [2, 5],
    "part_name": "бампер",
    "producer_country_name": "Япония",
    "params": {"is_new_part": False, "color": "белый"},
    "price_gte": 2000,
    "price_lte": 5000.5,
    "page": 2,
}
TYPICAL = {name: ALL_FIELDS[name] for name in ("mark_list", "part_name", "params", "price_gte", "price_lte", "page")}
BODIES: dict[str, dict[str, object]] = {
    "one field": {"part_name": "бамп"},
    "typical": TYPICAL,
    "all fields": ALL_FIELDS,
    "20 params": {"params": {f"key{number}": number if number % 2 else "text" for number in range(20)}},
    "1,000 ids": {"mark_list": list(range(1, 1001))},
    "5 errors": {"page": 0, "price_lte": -1, "part_name": "a" * 201, "mark_list": [1, "x"], "x": 1},
    "1,000 errors": {"mark_list": ["x"] * 1000},
}
QUERY = b"mark_list=1&mark_list=3&part_name=%D0%B1%D0%B0%D0%BC%D0%BF&params.color=%D0%B1%D0%B5%D0%BB%D1%8B%D0%B9"
QUERY += b"&params.is_new_part=false&price_gte=2000&price_lte=5000&page=1"


def round_of_this_tree() -> dict[str, float]:
    """Return the microseconds a search for each body, in the tree that this process imports."""
    from partsearch.contract.request.reading import search_from_body, search_from_query

    bodies = {name: json.dumps(body, ensure_ascii=False).encode() for name, body in BODIES.items()}
    figures = {name: _microseconds(search_from_body, body) for name, body in bodies.items()}
    return {**figures, "typical, GET": _microseconds(search_from_query, QUERY)}


def _microseconds(read: Callable[[bytes], object], text: bytes) -> float:
    from partsearch.contract.errors import ProblemError

    calls, began = 0, time.process_time()
    while (seconds := time.process_time() - began) < ROUND_SECONDS:
        for _ in range(10):
            with suppress(ProblemError):
                read(text)
        calls += 10
    return seconds / calls * 1_000_000


def main(sources: list[str]) -> None:
    """Print the table of all trees."""
    rounds: dict[str, list[dict[str, float]]] = {source: [] for source in sources}
    command = [sys.executable, __file__]
    for _ in range(ROUNDS):
        for source in sources:
            done = subprocess.run(command, env={**os.environ, "PYTHONPATH": source}, capture_output=True, check=True)
            rounds[source].append(json.loads(done.stdout))
    for name in rounds[sources[0]][0]:
        for source in sources:
            figures = [one[name] for one in rounds[source]]
            median = statistics.median(figures)
            print(f"{name:14} {source:40} {median:8.1f} ({min(figures):.1f} to {max(figures):.1f}) µs")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1:])
    else:
        print(json.dumps(round_of_this_tree()))
