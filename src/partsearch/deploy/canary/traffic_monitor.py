"""The traffic monitor: reads the responses to users and the requests in flight ten times a second."""

import time
from collections.abc import Iterable
from contextlib import suppress

from partsearch.deploy.canary.sample import Origin, ReleaseRole, Sample
from partsearch.deploy.canary.traffic_stats import TrafficStats
from partsearch.deploy.console import RolloutView, Terminal
from partsearch.deploy.state.record import DeploymentRecord
from partsearch.operation.home import Home
from partsearch.operation.names import Service, Slot
from partsearch.operation.nginx.request_log import RequestLog, RequestRecord, request_log_file
from partsearch.operation.nginx.traffic import NginxControl, NginxTraffic, TrafficError

POLL_SECONDS = 0.1
_UNKNOWN_IN_FLIGHT = 1
_SERVER_ERROR = 500


class TrafficMonitor:
    """Fills the counts and the timeline of a deployment record.

    Attributes:
        draining: the release whose sockets are being closed.
    """

    draining: ReleaseRole | None = None

    def __init__(self, home: Home, record: DeploymentRecord, terminal: Terminal) -> None:
        self._record = record
        self._terminal = terminal
        self._log = RequestLog(request_log_file(home))
        self._log.empty()
        self._control = NginxControl(home)
        self._stats = TrafficStats(time.time())
        self._roles = {record.old_slot: ReleaseRole.BASELINE, record.new_slot: ReleaseRole.CANARY}
        self._traffic: NginxTraffic | None = None

    def poll(self, probes: Iterable[Sample] = (), samples: int = 0, needed_samples: int = 0) -> list[Sample]:
        """Read what is new since the last poll and show it; return the responses to users.

        Args:
            probes: the responses to probes since then.
            samples: how many samples the step has, for the view.
            needed_samples: how many it needs.
        """
        users = [sample for request in self._log.read_new() if (sample := self._count(request))]
        for sample in (*users, *probes):
            self._stats.add(sample)
        in_flight = self.in_flight()
        point = self._stats.next_point(time.time(), self._record.weight, in_flight)
        if point:
            self._record.timeline.append(point)
        self._terminal.show(RolloutView(self._record, self._stats, in_flight, samples, needed_samples))
        return users

    def in_flight(self) -> dict[ReleaseRole, int]:
        """Return the requests and sockets in flight, by release; the last known ones if Nginx does not answer."""
        with suppress(TrafficError):
            self._traffic = self._control.get()
        return {role: self._in_flight_of(slot) for slot, role in self._roles.items()}

    def _in_flight_of(self, slot: Slot | None) -> int:
        if slot is None:
            return 0
        return self._traffic.in_flight_of(slot) if self._traffic else _UNKNOWN_IN_FLIGHT

    def unhealthy_services(self, role: ReleaseRole) -> list[Service]:
        """Return the services of a release that the health checker has marked as unhealthy."""
        slot = next(slot for slot, its_role in self._roles.items() if its_role is role)
        if slot is None or self._traffic is None:
            return []
        return [service for service, is_healthy in self._traffic.health.get(slot, {}).items() if not is_healthy]

    def _count(self, request: RequestRecord) -> Sample | None:
        """Count a request and return its sample; ``None`` for a WebSocket, whose duration is not the release's."""
        role = self._roles[request.slot]
        if request.is_websocket:
            self._record.moved_sockets += role is self.draining
            return None
        self._record.requests += 1
        self._record.failed += request.status >= _SERVER_ERROR
        seconds = request.seconds if request.upstream_seconds is None else request.upstream_seconds
        status = request.upstream_status or request.status
        return Sample(role, Origin.USER, seconds, status >= _SERVER_ERROR)
