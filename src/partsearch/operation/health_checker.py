"""The guard: finds out once a second which service of which slot is well, and holds Nginx to what is wanted.

It is there as long as the site is up, in a deploy and outside of one. It asks /healthz, which asks no database, and
every three seconds a search that finds nothing, unless that would keep a sleeping database awake. Nginx is told at once
when something changes, and once a second anyway: an Nginx that was just started knows nothing. Nothing but the standard
library is imported here: the guard is small.
"""

import argparse
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from partsearch.errors import PartsearchError
from partsearch.operation.health import Health, Outcome
from partsearch.operation.names import RELEASE_SERVICES, Service, Slot
from partsearch.operation.nginx.traffic import NginxControl, TrafficState, read_state, state_file
from partsearch.system.http_probe import NoResponseError, request_once

_PROBE_SECONDS = 0.75
_PACE_SECONDS = 1.0
_DOUBT_SECONDS = 0.1
_START_SECONDS = 5.0
_LOOK_SECONDS = 0.1
_SEARCH_PACE_SECONDS = 3.0
_SEARCH = "/search/part/?mark_list=0"
"""It goes all the way to the database, and finds nothing there by an index: no mark has this id."""


@dataclass(frozen=True)
class _Places:
    """The folders of the home that the guard needs."""

    root: Path
    sockets: Path


class _Place:
    """One service of one slot: a port, and whether what is there is healthy.

    Args:
        service: the service.
        slot: the slot.
        port: the port.
        host: a host name that the service answers to.
        search_seconds: how long a search may take; ``None`` where none is to be asked for.
    """

    def __init__(self, service: Service, slot: Slot, port: int, host: str, search_seconds: float | None) -> None:
        self.service, self.slot = service, slot
        self._port, self._host, self._search_seconds = port, host, search_seconds
        self._lock = threading.Lock()
        self._health = self._new_health()
        self.is_watched = False

    def _new_health(self, is_healthy: bool | None = None) -> Health:  # noqa: FBT001
        return Health(is_healthy=is_healthy, is_searched=self._search_seconds is not None)

    @property
    def is_well(self) -> bool | None:
        """``None`` where nothing is known."""
        return self._health.is_healthy if self.is_watched else None

    def recall(self, is_well: bool | None) -> None:  # noqa: FBT001
        """Takes for known what a guard before this one found out."""
        self._health = self._new_health(is_well)

    def start(self) -> None:
        """Begin to probe, by threads of its own: a search that hangs keeps nobody from asking whether it lives."""
        threading.Thread(target=self._probe_for_ever, daemon=True).start()
        if self._search_seconds is not None:
            threading.Thread(target=self._search_for_ever, args=[self._search_seconds], daemon=True).start()

    def _probe_for_ever(self) -> None:
        """Probes at its pace as long as a release is to be there, and forgets what it knew when it is not."""
        watched_since = time.monotonic()
        while True:
            if self.is_watched:
                outcome = self._probe()
                if outcome is Outcome.ANSWERED or not self._may_be_starting(watched_since):
                    with self._lock:
                        self._health.take_life(outcome)
            else:
                watched_since, self._health = time.monotonic(), self._new_health()
            time.sleep(_DOUBT_SECONDS if self._health.is_alive_in_doubt else _PACE_SECONDS)

    def _search_for_ever(self, seconds: float) -> None:
        """Searches at its pace as long as a release is to be there that has been heard of."""
        while True:
            health = self._health
            if self.is_watched and health.is_healthy is not None:
                outcome = self._search(seconds)
                with self._lock:
                    health.take_search(outcome)
            calm_pace = _SEARCH_PACE_SECONDS if health.is_healthy else _PACE_SECONDS
            time.sleep(_DOUBT_SECONDS if health.is_search_in_doubt else calm_pace)

    def _may_be_starting(self, watched_since: float) -> bool:
        """Whether it has not been heard of yet, and is given time: it is started together with the guard."""
        return self._health.is_healthy is None and time.monotonic() - watched_since < _START_SECONDS

    def _probe(self) -> Outcome:
        try:
            return Outcome.ANSWERED if self._status("/healthz", _PROBE_SECONDS) == HTTPStatus.OK else Outcome.FAILED
        except NoResponseError as error:
            return Outcome.GONE if error.is_refused else Outcome.FAILED

    def _search(self, seconds: float) -> Outcome:
        """Return what became of a search. A 503 is the database's fault, or that of too many who ask."""
        try:
            status = self._status(_SEARCH, seconds)
        except NoResponseError as error:
            return Outcome.UNCLEAR if error.is_refused else Outcome.FAILED
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            return Outcome.UNCLEAR
        return Outcome.ANSWERED if status == HTTPStatus.OK else Outcome.FAILED

    def _status(self, path: str, seconds: float) -> int:
        return request_once(f"http://127.0.0.1:{self._port}", seconds, path=path, host=self._host).status


class Guard:
    """The guard of one home."""

    def __init__(self, home: _Places, places: list[_Place]) -> None:
        self._home = home
        self._places = places
        self._control = NginxControl(home)
        self._state = TrafficState()
        self._read: tuple[int, int] | None = None
        self._told: object = None
        self._told_at = 0.0
        self._said: dict[str, str] = {}

    def watch_for_ever(self) -> None:
        """Probes, and tells Nginx, until the process is ended."""
        self._read_state()
        self._recall()
        for place in self._places:
            place.start()
        while True:
            self._read_state()
            health = self._health()
            self._say_health()
            now = time.monotonic()
            if self._told != (self._state.version, health) or now - self._told_at >= _PACE_SECONDS:
                self._tell(health)
                self._told, self._told_at = (self._state.version, health), now
            time.sleep(_LOOK_SECONDS)

    def _recall(self) -> None:
        """Begins with what the guard before this one, if it was killed, has told Nginx last."""
        try:
            known = self._control.get().health
        except PartsearchError:
            return
        for place in self._places:
            place.recall(known.get(place.slot, {}).get(place.service))

    def _read_state(self) -> None:
        """Reads the wanted state where the file is another than the one read last."""
        try:
            status = state_file(self._home).stat()
            if self._read == (status.st_ino, status.st_mtime_ns):
                return
            self._state = read_state(self._home)
            self._read = status.st_ino, status.st_mtime_ns
            self._say("state", "")
        except FileNotFoundError:
            self._state = TrafficState()
        except PartsearchError as error:
            self._say("state", str(error))
        for place in self._places:
            place.is_watched = place.slot in self._state.releases

    def _health(self) -> dict[Slot, dict[Service, bool]]:
        health: dict[Slot, dict[Service, bool]] = {}
        for place in self._places:
            if place.is_well is not None:
                health.setdefault(place.slot, {})[place.service] = place.is_well
        return health

    def _tell(self, health: dict[Slot, dict[Service, bool]]) -> None:
        try:
            self._control.put(self._state, health)
            self._say("Nginx", "")
        except PartsearchError as error:
            self._say("Nginx", str(error))

    def _say_health(self) -> None:
        for place in self._places:
            verdict = {True: "", False: f"{place.service} of {place.slot} is sick.", None: ""}[place.is_well]
            self._say(f"{place.service} of {place.slot}", verdict)
        for service in RELEASE_SERVICES:
            known = [place.is_well for place in self._places if place.service is service and place.is_watched]
            is_alarming = bool(known) and not any(is_well is not False for is_well in known)
            said = f"ALARM: nobody is well who could answer for {service}. The traffic is left where it is."
            self._say(f"{service} as a whole", said if is_alarming else "")

    def _say(self, subject: str, fault: str) -> None:
        """Logs what is new: a fault, or that it is over."""
        before = self._said.get(subject, "")
        if fault != before:
            self._said[subject] = fault
            print(time.strftime("%Y-%m-%d %H:%M:%S"), fault or f"{subject}: well again.", flush=True)


def main() -> None:
    """Guards the site of the arguments until told to stop."""
    parser = argparse.ArgumentParser(prog="partsearch.operation.health_checker")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--sockets", type=Path, required=True)
    parser.add_argument("--host", required=True, help="a host name that the services answer to")
    for service in RELEASE_SERVICES:
        parser.add_argument(f"--{service}-ports", nargs=2, type=int, required=True, help="of blue and green")
    parser.add_argument("--search-seconds", type=float, help="how long a search may take; absent: none is asked for")
    arguments = vars(parser.parse_args())
    places = [
        _Place(service, slot, port, arguments["host"], arguments["search_seconds"])
        for service in RELEASE_SERVICES
        for slot, port in zip(Slot, arguments[f"{service}_ports"], strict=True)
    ]
    Guard(_Places(arguments["home"], arguments["sockets"]), places).watch_for_ever()


if __name__ == "__main__":
    main()
