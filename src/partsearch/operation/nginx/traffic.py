"""The traffic: which slot gets how much of it, as wanted in a file and as Nginx does it, over its control socket.

The health checker and Nginx read the file, so it is written whole or not at all. Only the standard library is imported,
since the health checker, which needs this module, stays small.
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
"""Whether each service of each slot is healthy; where that is not known, the service is left out."""


class TrafficError(PartsearchError):
    """The wanted traffic cannot be read or written, or Nginx does not answer."""


class Folders(Protocol):
    """The folders of a home that are needed here."""

    @property
    def root(self) -> Path: ...

    @property
    def sockets(self) -> Path: ...


@dataclass(frozen=True)
class TrafficState:
    """The wanted traffic.

    The slot ``new`` gets ``weight`` percent, ``active`` the rest. ``releases`` are the ids of the running releases by
    slot. While ``is_deploying``, Nginx logs each request. ``version`` grows each time the state is written: several
    processes send states to Nginx, which ignores older ones.
    """

    active: Slot = Slot.BLUE
    new: Slot | None = None
    weight: int = 0
    releases: dict[Slot, str] = field(default_factory=dict)
    is_deploying: bool = False
    version: int = field(default=0, compare=False)

    def as_json(self) -> dict[str, Any]:
        """Return the state as the file has it; its keys stay the same in all releases."""
        return {
            "version": self.version,
            "active": self.active,
            "new": self.new,
            "share": self.weight,
            "releases": self.releases,
            "is_deploying": self.is_deploying,
        }


def _state_from(found: Mapping[str, Any]) -> TrafficState:
    return TrafficState(
        active=Slot(found["active"]),
        new=Slot(found["new"]) if found["new"] else None,
        weight=int(found["share"]),
        releases={Slot(slot): str(release) for slot, release in found["releases"].items()},
        is_deploying=bool(found["is_deploying"]),
        version=int(found["version"]),
    )


def state_file(home: Folders) -> Path:
    """Return the path of the file with the wanted traffic."""
    return home.root / "traffic.json"


def read_state(home: Folders) -> TrafficState:
    """Return the wanted traffic; all of it to blue where none has been written.

    Raises:
        TrafficError: the file cannot be read, or its content is invalid.
    """
    try:
        return _state_from(json.loads(state_file(home).read_text()))
    except FileNotFoundError:
        return TrafficState()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrafficError(
            f"{state_file(home)} is invalid: {error}.", "Remove it, and run 'partsearch down' and 'up'."
        ) from error


def write_state(home: Folders, state: TrafficState) -> TrafficState:
    """Write the wanted traffic, whole or not at all; return it with its new version.

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
    """The state and the health that Nginx works by, and the number of requests in flight by slot and service."""

    state: TrafficState
    health: dict[Slot, dict[Service, bool]]
    in_flight: dict[Slot, dict[Service, int]]

    def in_flight_of(self, slot: Slot) -> int:
        """Return the number of requests in flight, WebSockets included, of a slot."""
        return sum(self.in_flight[slot].values())


class NginxControl:
    """Nginx's control socket, which only the site's account can reach.

    Args:
        home: the folders of the home.
    """

    def __init__(self, home: Folders) -> None:
        self._socket = home.sockets / CONTROL_SOCKET

    def put(self, state: TrafficState, health: Health | None = None) -> bool:
        """Send Nginx a state, which every request that comes after its answer follows.

        Args:
            state: the wanted traffic.
            health: the health of the services; absent, Nginx keeps what it has.

        Returns:
            Whether Nginx accepted the state: it refuses one that is older than its own.

        Raises:
            TrafficError: Nginx does not answer.
        """
        body = state.as_json() | ({} if health is None else {"health": health})
        response = self._request("PUT", json.dumps(body).encode())
        if not response.is_ok and response.status != HTTPStatus.CONFLICT:
            text = response.body.decode(errors="replace")
            raise TrafficError(f"Nginx refused the traffic state with status {response.status}: {text}.")
        return response.is_ok

    def get(self) -> NginxTraffic:
        """Return what Nginx does now.

        Raises:
            TrafficError: Nginx does not answer.
        """
        response = self._request("GET")
        try:
            found = json.loads(response.body)
            health = {Slot(slot): _by_service(by_service) for slot, by_service in found.get("health", {}).items()}
            in_flight = {
                slot: {service: int(found["in_flight"].get(f"{service} {slot}", 0)) for service in RELEASE_SERVICES}
                for slot in Slot
            }
            return NginxTraffic(_state_from(found), health, in_flight)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TrafficError(f"Nginx's answer about the traffic is invalid (status {response.status}).") from error

    def _request(self, method: str, body: bytes | None = None) -> Response:
        try:
            return request_once(self._socket, _CALL_SECONDS, method=method, body=body)
        except NoResponseError as error:
            raise TrafficError(
                f"Nginx does not answer on {self._socket}: {error}.",
                "See 'partsearch status' and 'partsearch logs nginx'.",
            ) from error


def _by_service(health: Mapping[str, Any]) -> dict[Service, bool]:
    return {Service(service): bool(is_healthy) for service, is_healthy in health.items()}
