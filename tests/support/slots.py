"""A site with a release in both slots, and which of them answers."""

import http.client
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from partsearch.operation.names import Service, Slot
from partsearch.operation.nginx.traffic import NginxControl, TrafficState, read_state, write_state
from partsearch.operation.release import Release
from partsearch.operation.site import Site
from tests.support.as_account import as_account
from tests.support.site import RunningSite

NEXT_RELEASE = "later"
"""The release in green: the same checkout under another id, as if it were installed, so that its own Python runs."""


@dataclass
class Answers:
    """Answers to equal requests: how many by release, how many set a cookie, and the statuses other than 200."""

    releases: Counter[str] = field(default_factory=Counter)
    cookies: int = 0
    failed: list[int] = field(default_factory=list)


@dataclass
class BothSlots:
    """A running site with ``NEXT_RELEASE`` in green."""

    site: Site
    running: RunningSite

    @classmethod
    @contextmanager
    def started(cls, running: RunningSite) -> Iterator["BothSlots"]:
        """Run both slots for the block. After it blue has all traffic and green is stopped."""
        both = cls(Site(), running)
        both.start_next_release()
        try:
            yield both
        finally:
            both.set_traffic()
            as_account(both.site.stop_slot, Slot.GREEN)

    def start_next_release(self) -> None:
        """Start ``NEXT_RELEASE`` in green."""
        release = Release(NEXT_RELEASE, Path(sys.prefix), Path(sys.executable), "the tests")
        as_account(self.site.start_slot, Slot.GREEN, release, lambda _line: None)

    @property
    def control(self) -> NginxControl:
        return NginxControl(self.site.home)

    def set_traffic(
        self, weight: int = 0, *, active: Slot = Slot.BLUE, new: Slot | None = None, is_deploying: bool = False
    ) -> TrafficState:
        """Write the wanted state and send it to Nginx, as a deployment does; with a weight ``new`` is green."""
        new = new or (Slot.GREEN if weight else None)
        state = replace(read_state(self.site.home), active=active, new=new, weight=weight, is_deploying=is_deploying)
        state = as_account(write_state, self.site.home, state)
        assert self.control.put(state)
        return state

    def ask(self, number: int, paths: Sequence[str] = ("/healthz", "/django/healthz"), cookie: str = "") -> Answers:
        """Send so many requests over one connection, to these paths in turn, and ignore every ``Set-Cookie``."""
        answers = Answers()
        connection = http.client.HTTPConnection("127.0.0.1", self.site.settings.partsearch_port, timeout=10)
        for turn in range(number):
            connection.request("GET", paths[turn % len(paths)], headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            answer.read()
            answers.releases[answer.headers["X-Release"]] += 1
            answers.cookies += "Set-Cookie" in answer.headers
            if answer.status != 200:
                answers.failed.append(answer.status)
        connection.close()
        return answers

    def is_healthy(self, slot: Slot, service: Service) -> bool | None:
        """Return the health of a service as Nginx has it; ``None`` if it is not known."""
        return self.control.get().health.get(slot, {}).get(service)

    def process_group(self, slot: Slot, service: Service) -> list[psutil.Process]:
        """Return the processes of a service of a slot: the supervised one and its descendants."""
        pid = self.site.slots()[slot].pids[service]
        assert pid
        return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]

    @contextmanager
    def suspended(self, *services: tuple[Slot, Service]) -> Iterator[None]:
        """Suspend services for the block: they accept no connection and send no answer."""
        processes = [process for service_of_slot in services for process in self.process_group(*service_of_slot)]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def kill(self, slot: Slot, service: Service) -> None:
        """Send SIGKILL to a service and its workers."""
        for process in self.process_group(slot, service):
            os.kill(process.pid, signal.SIGKILL)
