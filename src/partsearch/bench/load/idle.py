"""Waiting until the services have done what the round before has left them."""

import time

from partsearch.bench.environment.process_groups import GENERATOR, ProcessGroups, cpu_seconds

_WINDOW_SECONDS = 0.2
_BUSY_SHARE = 0.07
_LONGEST_SECONDS = 30


def wait_until_idle(families: ProcessGroups, seconds: float = _LONGEST_SECONDS) -> bool:
    """Waits until the site does next to nothing; whether it came to that.

    A generator that ends leaves a request on each of its connections, and most servers answer them to nobody: after a
    round with 1,000 connections that may take half a minute, which would be taken from the next round.

    Args:
        families: the processes of the site; of none nothing is known, and nothing waited for.
        seconds: how long to wait at the most.
    """
    heads = [head for name, family in families.items() if name != GENERATOR for head in family]
    deadline = time.monotonic() + seconds
    used = cpu_seconds(heads)
    while heads and time.monotonic() < deadline:
        time.sleep(_WINDOW_SECONDS)
        before, used = used, cpu_seconds(heads)
        if used - before <= _BUSY_SHARE * _WINDOW_SECONDS:
            return True
    return not heads
