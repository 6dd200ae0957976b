"""The dictionaries of the processes: their memory, and how long it takes until they correct."""

import time
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks.typed.measuring import urls_of
from tests.benchmarks.typed.texts import TYPO
from tests.support.site import RunningSite

_LONGEST_SECONDS = 1800.0
_PAUSE_SECONDS = 0.1
_ANSWERS_IN_A_ROW = 10
"""Each process of a service has its own dictionary, and a new connection reaches any of them."""


def measure(site: RunningSite) -> dict[str, Any]:
    """Return for each service the bytes of its largest process before and after the first ``q``, and the seconds.

    Nobody has searched with ``q`` since the start of the site. The seconds are those of the first answer, and those
    until all processes correct a typo.

    Raises:
        TimeoutError: they do not correct it.
    """
    return {service: _of_service(site, service, url) for service, url in urls_of(site).items()}


def _of_service(site: RunningSite, service: str, url: str) -> dict[str, float]:
    pid = site.pid(service)
    before = _largest(pid)
    started = time.perf_counter()
    _is_corrected(url)
    first = time.perf_counter() - started
    in_a_row = 0
    while in_a_row < _ANSWERS_IN_A_ROW:
        if time.perf_counter() - started > _LONGEST_SECONDS:
            raise TimeoutError(f"{service} does not correct {TYPO}.")
        in_a_row = in_a_row + 1 if _is_corrected(url) else 0
        if not in_a_row:
            time.sleep(_PAUSE_SECONDS)
    return {
        "before": before,
        "after": _largest(pid),
        "first answer": first,
        "corrects after": time.perf_counter() - started,
    }


def _is_corrected(url: str) -> bool:
    answer = httpx.post(f"{url}/search/part/", json={"q": TYPO}, timeout=_LONGEST_SECONDS)
    answer.raise_for_status()
    return bool(answer.json()["understood"]["corrections"])


def _largest(pid: int) -> int:
    """Return the resident bytes of the largest of a process and its descendants."""
    return max(_resident(each) for each in _with_descendants(pid))


def _with_descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(found for child in children for found in _with_descendants(int(child)))]


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)
