"""Tests side by side in several processes: what is begun first, and who has the machine to himself.

``pytest --numprocesses`` hands out whole files, in the order in which they are collected, so that the fixtures of a
module or of a site stay with one process. A test that is marked ``alone`` holds the code to a time, which is only fair
on a machine that does nothing else: it waits for the tests under way, and those to come wait for it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_FIRST = (
    "acceptance/deploy/test_build.py",
    "acceptance/deploy/test_deploy_bad_releases.py",
    "acceptance/deploy/test_deploy_killed.py",
    "acceptance/deploy/test_deploy.py",
    "acceptance/test_operation.py",
    "acceptance",
    "browser",
    "contract",
    "integration",
)
"""What takes longest, in this order: begun last, it would leave the other processes idle at the end."""


class Room:
    """The machine, as several processes share it: by locks on two files that are there anyway.

    Args:
        inside: locked by those who are in the room.
        door: locked by the one who waits.
    """

    def __init__(self, inside: Path, door: Path) -> None:
        self._inside, self._door = (os.open(path, os.O_RDONLY) for path in (inside, door))

    @contextmanager
    def entered(self, *, alone: bool) -> Iterator[None]:
        """Time in the room, with others or alone; who waits to be alone is overtaken by nobody."""
        fcntl.flock(self._door, fcntl.LOCK_EX)
        fcntl.flock(self._inside, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(self._door, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(self._inside, fcntl.LOCK_UN)


def is_alone(item: pytest.Item) -> bool:
    """Whether a test needs the machine to itself."""
    return item.get_closest_marker("alone") is not None


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """The tests, file by file: the longest first, and at the end those that need the machine to themselves."""
    alone = {item.path for item in items if is_alone(item)}
    return sorted(items, key=lambda item: (item.path in alone, _rank(item.path)))


def _rank(path: Path) -> int:
    name = path.relative_to(Path(__file__).parent).as_posix()
    return next((rank for rank, begin in enumerate(_FIRST) if name.startswith(begin)), len(_FIRST))
