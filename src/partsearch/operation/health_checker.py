"""The health checker: probes both services of both slots each second and sends Nginx the results.

It runs as long as the site is up, during a deployment too. It requests /healthz, which needs no database, and every
three seconds a search that finds nothing, unless that would keep a suspended database awake. It sends Nginx the wanted
traffic and the health as soon as one changes, and once a second anyway, since an Nginx that has just started knows
nothing.
Only the standard library is imported here, which keeps the process small.
"""

import argparse
import logging
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from partsearch.errors import PartsearchError
from partsearch.operation.health import Health, ProbeResult
from partsearch.operation.names import RELEASE_SERVICES, Service, Slot
from partsearch.operation.nginx.traffic import NginxControl, TrafficState, read_state, state_file
from partsearch.system.http_probe import NoResponseError, request_once
from partsearch.system.log_config import configure_logging

logger = logging.getLogger("partsearch.operation.health_checker")

_PROBE_SECONDS = 0.75
_INTERVAL_SECONDS = 1.0
_CONFIRM_SECONDS = 0.1
_START_SECONDS = 5.0
_POLL_SECONDS = 0.1
_SEARCH_INTERVAL_SECONDS = 3.0
_SEARCH = "/search/part/?mark_list=0"
"""It reaches the database, and finds nothing there by an index: no mark has this id."""


@dataclass(frozen=True)
class _Folders:
    """The folders of the home that the health checker needs."""

    root: Path
    sockets: Path


class HealthTarget:
    """One service of one slot: where it is probed, and its health.

    Args:
        service: the service.
        slot: the slot.
        port: the port.
        host: a host name that the service answers to.
        search_seconds: how long a search may take; ``None`` where no searches are sent.
    """

    def __init__(self, service: Service, slot: Slot, port: int, host: str, search_seconds: float | None) -> None:
        self.service, self.slot = service, slot
        self._address, self._host, self._search_seconds = f"http://127.0.0.1:{port}", host, search_seconds
        self._lock = threading.Lock()
        self._health = self._new_health()
        self.has_release = False

    def _new_health(self, is_healthy: bool | None = None) -> Health:  # noqa: FBT001
        return Health(is_healthy=is_healthy, has_searches=self._search_seconds is not None)

    @property
    def is_healthy(self) -> bool | None:
        """``None`` as long as nothing is known."""
        return self._health.is_healthy if self.has_release else None

    def restore(self, is_healthy: bool | None) -> None:  # noqa: FBT001
        """Begin with the health that the health checker before this one knew."""
        self._health = self._new_health(is_healthy)

    def start(self) -> None:
        """Begin to probe, in threads of its own: a search that hangs delays no probe of liveness."""
        threading.Thread(target=self._probe_liveness, daemon=True).start()
        if self._search_seconds is not None:
            threading.Thread(target=self._probe_searches, args=[self._search_seconds], daemon=True).start()

    def _probe_liveness(self) -> None:
        """Probe as long as the slot has a release; forget the health when it has none."""
        released_at = time.monotonic()
        while True:
            if self.has_release:
                result = self._liveness()
                if result is ProbeResult.SUCCESS or not self._may_be_starting(released_at):
                    with self._lock:
                        self._health.record_liveness(result)
            else:
                released_at, self._health = time.monotonic(), self._new_health()
            time.sleep(_CONFIRM_SECONDS if self._health.is_liveness_unconfirmed else _INTERVAL_SECONDS)

    def _probe_searches(self, seconds: float) -> None:
        """Send searches as long as the slot has a release whose health is known."""
        while True:
            health = self._health
            if self.has_release and health.is_healthy is not None:
                result = self._search(seconds)
                with self._lock:
                    health.record_search(result)
            interval = _SEARCH_INTERVAL_SECONDS if health.is_healthy else _INTERVAL_SECONDS
            time.sleep(_CONFIRM_SECONDS if health.is_search_unconfirmed else interval)

    def _may_be_starting(self, released_at: float) -> bool:
        """Return whether it has time left to answer for the first time: it starts together with the health checker."""
        return self._health.is_healthy is None and time.monotonic() - released_at < _START_SECONDS

    def _liveness(self) -> ProbeResult:
        try:
            response = request_once(self._address, _PROBE_SECONDS, path="/healthz", host=self._host)
        except NoResponseError as error:
            return ProbeResult.REFUSED if error.is_refused else ProbeResult.FAILURE
        return ProbeResult.SUCCESS if response.is_ok else ProbeResult.FAILURE

    def _search(self, seconds: float) -> ProbeResult:
        """Return the result of a search. 503 says that the database is unavailable or the service overloaded."""
        try:
            response = request_once(self._address, seconds, path=_SEARCH, host=self._host)
        except NoResponseError as error:
            return ProbeResult.UNKNOWN if error.is_refused else ProbeResult.FAILURE
        if response.status == HTTPStatus.SERVICE_UNAVAILABLE:
            return ProbeResult.UNKNOWN
        return ProbeResult.SUCCESS if response.is_ok else ProbeResult.FAILURE


class HealthChecker:
    """The health checker of one home.

    Args:
        home: the folders of the home.
        targets: what is probed.
    """

    def __init__(self, home: _Folders, targets: list[HealthTarget]) -> None:
        self._home = home
        self._targets = targets
        self._control = NginxControl(home)
        self._state = TrafficState()
        self._file_read: tuple[int, int] | None = None
        self._sent: object = None
        self._sent_at = 0.0
        self._log = ChangeLog()

    def run(self) -> None:
        """Probe, and inform Nginx, until the process ends."""
        self._read_state()
        self._restore_health()
        for target in self._targets:
            target.start()
        while True:
            self._read_state()
            self._log_health()
            self._inform_nginx()
            time.sleep(_POLL_SECONDS)

    def _restore_health(self) -> None:
        """Begin with what the health checker before this one, if it was killed, sent Nginx last."""
        try:
            known = self._control.get().health
        except PartsearchError:
            return
        for target in self._targets:
            target.restore(known.get(target.slot, {}).get(target.service))

    def _read_state(self) -> None:
        """Read the wanted traffic if the file has changed."""
        try:
            status = state_file(self._home).stat()
            if self._file_read == (status.st_ino, status.st_mtime_ns):
                return
            self._state = read_state(self._home)
            self._file_read = status.st_ino, status.st_mtime_ns
            self._log.resolve("state")
        except FileNotFoundError:
            self._state = TrafficState()
        except PartsearchError as error:
            self._log.report("state", "Traffic state not read", error=str(error))
        for target in self._targets:
            target.has_release = target.slot in self._state.releases

    def _health(self) -> dict[Slot, dict[Service, bool]]:
        health: dict[Slot, dict[Service, bool]] = {}
        for target in self._targets:
            if target.is_healthy is not None:
                health.setdefault(target.slot, {})[target.service] = target.is_healthy
        return health

    def _inform_nginx(self) -> None:
        """Send Nginx the wanted traffic and the health, if one has changed or a second is over."""
        health, now = self._health(), time.monotonic()
        if self._sent == (self._state.version, health) and now - self._sent_at < _INTERVAL_SECONDS:
            return
        try:
            self._control.put(self._state, health)
            self._log.resolve("nginx")
        except PartsearchError as error:
            self._log.report("nginx", "Nginx not informed", error=str(error))
        self._sent, self._sent_at = (self._state.version, health), now

    def _log_health(self) -> None:
        for target in self._targets:
            subject = f"{target.service}-{target.slot}"
            if target.is_healthy is False:
                self._log.report(subject, "Service unhealthy", service=target.service, slot=target.slot)
            else:
                self._log.resolve(subject)
        for service in RELEASE_SERVICES:
            known = [target.is_healthy for target in self._targets if target.service is service and target.has_release]
            if known and all(is_healthy is False for is_healthy in known):
                self._log.report(service, "ALARM: no healthy slot, routing unchanged", logging.ERROR, service=service)
            else:
                self._log.resolve(service)


class ChangeLog:
    """Logs each problem once, when it begins, and once when it is over."""

    def __init__(self) -> None:
        self._problems: dict[str, dict[str, str]] = {}

    def report(self, subject: str, event: str, level: int = logging.WARNING, **fields: str) -> None:
        """Log a problem of ``subject``, unless it is the one that was logged last."""
        problem = {"event": event, **fields}
        if self._problems.get(subject) != problem:
            self._problems[subject] = problem
            logger.log(level, event, extra=fields)

    def resolve(self, subject: str) -> None:
        """Log that the problem of ``subject`` is over, if there was one."""
        if problem := self._problems.pop(subject, None):
            logger.info("Resolved: %s", problem.pop("event"), extra=problem)


def main() -> None:
    """Check the site of the arguments until the process ends."""
    configure_logging(level=logging.INFO)
    parser = argparse.ArgumentParser(prog="partsearch.operation.health_checker")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--sockets", type=Path, required=True)
    parser.add_argument("--host", required=True, help="a host name that the services answer to")
    for service in RELEASE_SERVICES:
        parser.add_argument(f"--{service}-ports", nargs=2, type=int, required=True, help="of blue and green")
    parser.add_argument("--search-seconds", type=float, help="how long a search may take; absent: no searches are sent")
    arguments = vars(parser.parse_args())
    targets = [
        HealthTarget(service, slot, port, arguments["host"], arguments["search_seconds"])
        for service in RELEASE_SERVICES
        for slot, port in zip(Slot, arguments[f"{service}_ports"], strict=True)
    ]
    HealthChecker(_Folders(arguments["home"], arguments["sockets"]), targets).run()


if __name__ == "__main__":
    main()
