"""The guard: finds out once a second which service of which colour is well, and holds Nginx to what is wanted.

It is there as long as the site is up, in a deploy and outside of one. It asks /healthz alone, which asks no database: a
sleeping one sleeps on. Nginx is told at once when something changes, and once a second anyway: an Nginx that was just
started knows nothing. Nothing but the standard library is imported here: the guard is small.
"""

import argparse
import http.client
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from partsearch.contract.errors import PartsearchError
from partsearch.operation.names import COLOURED, Colour, Service
from partsearch.operation.pulse import Outcome, Pulse
from partsearch.operation.traffic import NginxControl, TrafficState, read_state, state_file

_PROBE_SECONDS = 0.75
_PACE_SECONDS = 1.0
_DOUBT_SECONDS = 0.1
_START_SECONDS = 5.0
_LOOK_SECONDS = 0.1
_OK = 200


@dataclass(frozen=True)
class _Places:
    """The folders of the home that the guard needs."""

    root: Path
    sockets: Path


class _Place:
    """One service of one colour: a port, and whether what is there is well."""

    def __init__(self, service: Service, colour: Colour, port: int, host: str) -> None:
        self.service, self.colour = service, colour
        self._port, self._host = port, host
        self._pulse = Pulse()
        self.is_watched = False

    @property
    def is_well(self) -> bool | None:
        """``None`` where nothing is known."""
        return self._pulse.is_well if self.is_watched else None

    def recall(self, is_well: bool | None) -> None:  # noqa: FBT001
        """Takes for known what a guard before this one found out."""
        self._pulse = Pulse(is_well)

    def probe_for_ever(self) -> None:
        """Probes at its pace as long as a release is to be there, and forgets what it knew when it is not."""
        watched_since = time.monotonic()
        while True:
            if self.is_watched:
                outcome = self._probe()
                if outcome is Outcome.ANSWERED or not self._may_be_starting(watched_since):
                    self._pulse.take(outcome)
            else:
                watched_since, self._pulse = time.monotonic(), Pulse()
            is_settled = self._pulse.is_well is not None and not self._pulse.is_in_doubt
            time.sleep(_PACE_SECONDS if is_settled else _DOUBT_SECONDS)

    def _may_be_starting(self, watched_since: float) -> bool:
        """Whether it has not been heard of yet, and is given time: it is started together with the guard."""
        return self._pulse.is_well is None and time.monotonic() - watched_since < _START_SECONDS

    def _probe(self) -> Outcome:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PROBE_SECONDS)
        try:
            connection.request("GET", "/healthz", headers={"Host": self._host, "Connection": "close"})
            return Outcome.ANSWERED if connection.getresponse().status == _OK else Outcome.FAILED
        except ConnectionRefusedError:
            return Outcome.GONE
        except (OSError, http.client.HTTPException):
            return Outcome.FAILED
        finally:
            connection.close()


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
            threading.Thread(target=place.probe_for_ever, daemon=True).start()
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
            place.recall(known.get(place.colour, {}).get(place.service))

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
            place.is_watched = place.colour in self._state.releases

    def _health(self) -> dict[Colour, dict[Service, bool]]:
        health: dict[Colour, dict[Service, bool]] = {}
        for place in self._places:
            if place.is_well is not None:
                health.setdefault(place.colour, {})[place.service] = place.is_well
        return health

    def _tell(self, health: dict[Colour, dict[Service, bool]]) -> None:
        try:
            self._control.put(self._state, health)
            self._say("Nginx", "")
        except PartsearchError as error:
            self._say("Nginx", str(error))

    def _say_health(self) -> None:
        for place in self._places:
            verdict = {True: "", False: f"{place.service} of {place.colour} is sick.", None: ""}[place.is_well]
            self._say(f"{place.service} of {place.colour}", verdict)
        for service in COLOURED:
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
    parser = argparse.ArgumentParser(prog="partsearch.operation.guard")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--sockets", type=Path, required=True)
    parser.add_argument("--host", required=True, help="a host name that the services answer to")
    for service in COLOURED:
        parser.add_argument(f"--{service}-ports", nargs=2, type=int, required=True, help="of blue and green")
    arguments = vars(parser.parse_args())
    places = [
        _Place(service, colour, port, arguments["host"])
        for service in COLOURED
        for colour, port in zip(Colour, arguments[f"{service}_ports"], strict=True)
    ]
    Guard(_Places(arguments["home"], arguments["sockets"]), places).watch_for_ever()


if __name__ == "__main__":
    main()
