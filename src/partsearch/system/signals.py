"""Ctrl-C, and the other ways to tell a command to end: all of them end it in order."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def termination_signals_interrupt() -> Iterator[None]:
    """Within it SIGTERM and SIGHUP interrupt as Ctrl-C does; one that is ignored, as under nohup, stays ignored.

    Without it they would end the command at once, and leave an embedded PostgreSQL running that was started for it.
    """
    before = {number: signal.getsignal(number) for number in _ALL}
    try:
        for number, handler in before.items():
            if handler is signal.SIG_DFL:
                signal.signal(number, _interrupt)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def signals_ignored() -> Iterator[None]:
    """Within it nothing interrupts: for what is short, and worse when done by half."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _ALL}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
