"""The signals that interrupt a command; ignored signals stay ignored."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from partsearch.system.signals import signals_ignored, termination_signals_interrupt

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def as_in_a_terminal() -> Iterator[None]:
    """Restore the default signal handlers: in the background or under nohup, tests inherit ignored signals."""
    before = {number: signal.getsignal(number) for number in ENDING}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", ENDING)
def test_each_signal_interrupts(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), termination_signals_interrupt():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_an_ignored_signal_stays_ignored() -> None:
    """nohup ignores SIGHUP."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with termination_signals_interrupt():
        os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_a_protected_block_is_not_interrupted() -> None:
    with termination_signals_interrupt(), signals_ignored():
        for number in ENDING:
            os.kill(os.getpid(), number)


def test_a_thread_that_gets_no_signals_is_left_as_it_is() -> None:
    def handler() -> object:
        with termination_signals_interrupt():
            return signal.getsignal(signal.SIGTERM)

    with ThreadPoolExecutor() as pool:
        assert pool.submit(handler).result() == signal.getsignal(signal.SIGTERM)
