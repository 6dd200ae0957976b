"""What goes on during a switch, looked at ten times a second: requests, what is under way, and the timeline."""

import time
from collections.abc import Iterable
from contextlib import suppress

from partsearch.deploy.console import Terminal, View
from partsearch.deploy.record import Record
from partsearch.deploy.tally import Tally
from partsearch.deploy.watch import Kind, Sample, Side
from partsearch.operation.home import Home
from partsearch.operation.names import Service, Slot
from partsearch.operation.nginx.request_log import RequestLog, RequestRecord, request_log_file
from partsearch.operation.nginx.traffic import NginxControl, NginxTraffic, TrafficError

LOOK_SECONDS = 0.1
_UNKNOWN = 1
_SERVER_ERROR = 500


class Observer:
    """The eyes of an update; it fills the record's counts and its timeline.

    Attributes:
        drained: the release whose sockets are sent away.
    """

    drained: Side | None = None

    def __init__(self, home: Home, record: Record, terminal: Terminal) -> None:
        self._record = record
        self._terminal = terminal
        self._log = RequestLog(request_log_file(home))
        self._log.empty()
        self._control = NginxControl(home)
        self._tally = Tally(time.time())
        self._sides = {record.old_slot: Side.OLD, record.new_slot: Side.NEW}
        self.traffic: NginxTraffic | None = None

    def look(self, probes: Iterable[Sample] = (), samples: int = 0, wanted: int = 0) -> list[Sample]:
        """Takes in what is new since the last look, and shows it; returns the answers that visitors got.

        Args:
            probes: what our own searches were answered since then.
            samples: how many of those that the step needs are there, for the view.
            wanted: how many it needs.
        """
        visitors = [sample for record in self._log.read_new() if (sample := self._sample(record))]
        for sample in (*visitors, *probes):
            self._tally.add(sample)
        left = self.left()
        moment = self._tally.moment(time.time(), self._record.share, left)
        if moment:
            self._record.moments.append(moment)
        self._terminal.show(View(self._record, self._tally, left, samples, wanted))
        return visitors

    def left(self) -> dict[Side, int]:
        """The requests and sockets that are under way at each release; what was known last where Nginx is away."""
        with suppress(TrafficError):
            self.traffic = self._control.get()
        return {side: self._under_way(slot) for slot, side in self._sides.items()}

    def _under_way(self, slot: Slot | None) -> int:
        if slot is None:
            return 0
        return self.traffic.in_flight_of(slot) if self.traffic else _UNKNOWN

    def sick_services(self, side: Side) -> list[Service]:
        """The services of a release that the guard has found sick."""
        slot = next(slot for slot, its_side in self._sides.items() if its_side is side)
        health = self.traffic.health if self.traffic else {}
        return [service for service, is_well in health.get(slot, {}).items() if not is_well] if slot else []

    def _sample(self, request: RequestRecord) -> Sample | None:
        """Counts a request. A socket's time tells nothing of its release."""
        side = self._sides[request.slot]
        if request.is_websocket:
            self._record.sockets += side is self.drained
            return None
        self._record.requests += 1
        self._record.failed += request.status >= _SERVER_ERROR
        seconds = request.seconds if request.upstream_seconds is None else request.upstream_seconds
        status = request.upstream_status or request.status
        return Sample(side, Kind.VISITOR, seconds, status >= _SERVER_ERROR)
