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

LATER = "later"
"""The release in green: the checkout too, by another name and as if it were installed, so that it is asked."""


@dataclass
class Answers:
    """The results of equal requests: the releases that answered, the cookies set, the statuses that failed."""

    releases: Counter[str] = field(default_factory=Counter)
    cookies: int = 0
    failed: list[int] = field(default_factory=list)


@dataclass
class BothSlots:
    """A running site with ``LATER`` in green."""

    site: Site
    running: RunningSite

    @classmethod
    @contextmanager
    def started(cls, running: RunningSite) -> Iterator["BothSlots"]:
        """Both slots for the block; at its end blue has all traffic again, and green is stopped."""
        both = cls(Site(), running)
        both.start_later()
        try:
            yield both
        finally:
            both.give()
            as_account(both.site.stop_slot, Slot.GREEN)

    def start_later(self) -> None:
        """Start ``LATER`` in green."""
        release = Release(LATER, Path(sys.prefix), Path(sys.executable), "the tests")
        as_account(self.site.start_slot, Slot.GREEN, release, lambda _line: None)

    @property
    def control(self) -> NginxControl:
        return NginxControl(self.site.home)

    def give(
        self, weight: int = 0, *, active: Slot = Slot.BLUE, new: Slot | None = None, is_deploying: bool = False
    ) -> TrafficState:
        """Write the wanted state and send it to Nginx, as a deployment does; with a weight ``new`` is green."""
        new = new or (Slot.GREEN if weight else None)
        state = replace(read_state(self.site.home), active=active, new=new, weight=weight, is_deploying=is_deploying)
        state = as_account(write_state, self.site.home, state)
        assert self.control.put(state)
        return state

    def ask(self, number: int, paths: Sequence[str] = ("/healthz", "/django/healthz"), cookie: str = "") -> Answers:
        """Send so many requests over one connection, by these paths in turn; never keep a cookie."""
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
        """What Nginx knows of the health of a service."""
        return self.control.get().health.get(slot, {}).get(service)

    def process_group(self, slot: Slot, service: Service) -> list[psutil.Process]:
        """The processes of a service of a slot."""
        pid = self.site.slots()[slot].pids[service]
        assert pid
        return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]

    @contextmanager
    def frozen(self, *places: tuple[Slot, Service]) -> Iterator[None]:
        """Services that are suspended within the block: they accept no connections and send no answers."""
        processes = [process for place in places for process in self.process_group(*place)]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def kill(self, slot: Slot, service: Service) -> None:
        """``kill -9`` of a service with its workers."""
        for process in self.process_group(slot, service):
            os.kill(process.pid, signal.SIGKILL)
