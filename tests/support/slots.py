"""A site with a release in both slots, and who of them answers."""

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
    """What a number of equal requests came to: who answered, how many were given a cookie, and what failed."""

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
        """Both slots for the block; at its end all visitors are with blue again, and green is gone."""
        both = cls(Site(), running)
        both.start_later()
        try:
            yield both
        finally:
            both.give()
            as_account(both.site.stop_slot, Slot.GREEN)

    def start_later(self) -> None:
        """Starts ``LATER`` in green."""
        release = Release(LATER, Path(sys.prefix), Path(sys.executable), "the tests")
        as_account(self.site.start_slot, Slot.GREEN, release, lambda _line: None)

    @property
    def control(self) -> NginxControl:
        return NginxControl(self.site.home)

    def give(
        self, share: int = 0, *, active: Slot = Slot.BLUE, new: Slot | None = None, is_deploying: bool = False
    ) -> TrafficState:
        """Writes the wanted state and tells Nginx, as a deploy does; ``new`` is green where there is a share."""
        new = new or (Slot.GREEN if share else None)
        state = replace(read_state(self.site.home), active=active, new=new, share=share, is_deploying=is_deploying)
        state = as_account(write_state, self.site.home, state)
        assert self.control.put(state)
        return state

    def ask(self, number: int, paths: Sequence[str] = ("/healthz", "/django/healthz"), cookie: str = "") -> Answers:
        """Asks so many times, over one connection and in turn by these paths, and never takes a cookie."""
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

    def is_well(self, slot: Slot, service: Service) -> bool | None:
        """What Nginx was told of a service."""
        return self.control.get().health.get(slot, {}).get(service)

    def family(self, slot: Slot, service: Service) -> list[psutil.Process]:
        """The processes of a service of a slot."""
        pid = self.site.slots()[slot].pids[service]
        assert pid
        return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]

    @contextmanager
    def frozen(self, *places: tuple[Slot, Service]) -> Iterator[None]:
        """Services that stand still: connections are accepted by nobody, answers never come."""
        processes = [process for place in places for process in self.family(*place)]
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
        for process in self.family(slot, service):
            os.kill(process.pid, signal.SIGKILL)
