"""Waits until the services are idle."""

import time

from partsearch.bench.environment.process_groups import GENERATOR, ProcessGroups, cpu_seconds, members

_WINDOW_SECONDS = 0.2
_BUSY_SHARE = 0.07
_LONGEST_SECONDS = 30


def wait_until_idle(groups: ProcessGroups, seconds: float = _LONGEST_SECONDS) -> bool:
    """Wait until the site uses nearly no CPU time; return whether it became idle.

    A generator that ends leaves a request on each of its connections, and most servers process them although nothing
    reads the answers. After a round with 1,000 connections that may take half a minute of the next round.

    Args:
        groups: the process groups of the site; without any there is nothing to wait for.
        seconds: the longest time to wait.
    """
    services = {name: heads for name, heads in groups.items() if name != GENERATOR}
    deadline = time.monotonic() + seconds
    used = _used(services)
    while services and time.monotonic() < deadline:
        time.sleep(_WINDOW_SECONDS)
        before, used = used, _used(services)
        if used - before <= _BUSY_SHARE * _WINDOW_SECONDS:
            return True
    return not services


def _used(groups: ProcessGroups) -> float:
    return sum(cpu_seconds(tree.values()) for tree in members(groups).values())
