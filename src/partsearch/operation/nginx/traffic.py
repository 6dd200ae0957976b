"""Which release the visitors' requests go to: as it is wanted, in a file, and as Nginx does it, over its socket.

The guard and Nginx read the file too, so it must be whole at any moment, whoever is killed while writing it. Nothing
but the standard library is imported for it: the guard is small.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from partsearch.errors import PartsearchError
from partsearch.operation.names import RELEASE_SERVICES, Service, Slot
from partsearch.system.atomic_file import replace_file
from partsearch.system.http_probe import NoResponseError, Response, request_once

CONTROL_SOCKET = "nginx.sock"
_CALL_SECONDS = 2.0
_FILE_MODE = 0o600

Health = Mapping[Slot, Mapping[Service, bool]]
"""For each slot and service whether it is well; who is not known of is left out."""


class TrafficError(PartsearchError):
    """Nginx cannot be told, or asked, where the traffic goes."""


class Folders(Protocol):
    """As much of a home as is needed here."""

    @property
    def root(self) -> Path: ...

    @property
    def sockets(self) -> Path: ...


@dataclass(frozen=True)
class TrafficState:
    """Where the traffic is wanted.

    ``active`` has the visitors but for ``share`` of a hundred, who have ``new``. ``releases`` are the ids of what runs,
    by slot. While ``is_deploying``, Nginx logs each request. ``version`` grows with each writing: Nginx, whom several
    tell, does not go back to an older one.
    """

    active: Slot = Slot.BLUE
    new: Slot | None = None
    share: int = 0
    releases: dict[Slot, str] = field(default_factory=dict)
    is_deploying: bool = False
    version: int = field(default=0, compare=False)

    def as_json(self) -> dict[str, Any]:
        """The state as the file holds it."""
        return {
            "version": self.version,
            "active": self.active,
            "new": self.new,
            "share": self.share,
            "releases": self.releases,
            "is_deploying": self.is_deploying,
        }


def _state_from(found: Mapping[str, Any]) -> TrafficState:
    return TrafficState(
        active=Slot(found["active"]),
        new=Slot(found["new"]) if found["new"] else None,
        share=int(found["share"]),
        releases={Slot(slot): str(release) for slot, release in found["releases"].items()},
        is_deploying=bool(found["is_deploying"]),
        version=int(found["version"]),
    )


def state_file(home: Folders) -> Path:
    """Where the wanted state is written."""
    return home.root / "traffic.json"


def read_state(home: Folders) -> TrafficState:
    """The wanted state; where none has been written, all traffic to blue.

    Raises:
        TrafficError: the file cannot be read or understood.
    """
    try:
        return _state_from(json.loads(state_file(home).read_text()))
    except FileNotFoundError:
        return TrafficState()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrafficError(
            f"{state_file(home)} cannot be understood: {error}.", "Remove it, and run 'partsearch down' and 'up'."
        ) from error


def write_state(home: Folders, state: TrafficState) -> TrafficState:
    """Writes the wanted state, whole or not at all, and returns it with its new version.

    Raises:
        TrafficError: the file cannot be written.
    """
    state = replace(state, version=max(_last_version(home) + 1, int(time.time() * 1000)))
    path = state_file(home)
    try:
        replace_file(path, json.dumps(state.as_json()), mode=_FILE_MODE)
    except OSError as error:
        raise TrafficError(f"{path} cannot be written: {error.strerror}.", "Is the disk full?") from error
    return state


def _last_version(home: Folders) -> int:
    try:
        return read_state(home).version
    except TrafficError:
        return 0


@dataclass(frozen=True)
class NginxTraffic:
    """What Nginx does: by which state and health, and how many requests are under way, by slot and service."""

    state: TrafficState
    health: dict[Slot, dict[Service, bool]]
    in_flight: dict[Slot, dict[Service, int]]

    def in_flight_of(self, slot: Slot) -> int:
        """The requests, WebSockets among them, that are under way at a slot."""
        return sum(self.in_flight[slot].values())


class NginxControl:
    """Nginx's socket for the routing, which nobody but the site's account reaches."""

    def __init__(self, home: Folders) -> None:
        self._socket = home.sockets / CONTROL_SOCKET

    def put(self, state: TrafficState, health: Health | None = None) -> bool:
        """Tells Nginx; from its answer on every new request goes by it.

        Without ``health``, what Nginx knows of it stays. Returns whether Nginx took it: a state that is older than the
        one it has is not taken.

        Raises:
            TrafficError: Nginx does not answer.
        """
        body = state.as_json() | ({} if health is None else {"health": health})
        response = self._request("PUT", json.dumps(body).encode())
        if not response.is_ok and response.status != HTTPStatus.CONFLICT:
            text = response.body.decode(errors="replace")
            raise TrafficError(f"Nginx refused the routing with status {response.status}: {text}.")
        return response.is_ok

    def get(self) -> NginxTraffic:
        """What Nginx does now.

        Raises:
            TrafficError: Nginx does not answer.
        """
        response = self._request("GET")
        try:
            found = json.loads(response.body)
            health = {Slot(slot): _by_service(well) for slot, well in found.get("health", {}).items()}
            counted = {
                slot: {service: int(found["in_flight"].get(f"{service} {slot}", 0)) for service in RELEASE_SERVICES}
                for slot in Slot
            }
            return NginxTraffic(_state_from(found), health, counted)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TrafficError(f"Nginx says nothing sensible of the routing (status {response.status}).") from error

    def _request(self, method: str, body: bytes | None = None) -> Response:
        try:
            return request_once(self._socket, _CALL_SECONDS, method=method, body=body)
        except NoResponseError as error:
            raise TrafficError(
                f"Nginx does not answer on {self._socket}: {error}.",
                "See 'partsearch status' and 'partsearch logs nginx'.",
            ) from error


def _by_service(well: Mapping[str, Any]) -> dict[Service, bool]:
    return {Service(service): bool(is_well) for service, is_well in well.items()}
