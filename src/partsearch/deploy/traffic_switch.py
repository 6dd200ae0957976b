"""The traffic switch: the one place of a deployment that changes which slot gets how much of the traffic."""

import time
from dataclasses import replace

from partsearch.operation.home import Home
from partsearch.operation.names import Slot
from partsearch.operation.nginx.traffic import NginxControl, TrafficError, TrafficState, read_state, write_state

_NGINX_SECONDS = 5.0
_POLL_SECONDS = 0.1


class TrafficSwitch:
    """The traffic between the two slots of a home.

    Every method raises ``TrafficError`` if the state cannot be written or Nginx does not accept it. The health checker
    keeps sending Nginx the state that is written.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._control = NginxControl(home)

    def add_canary(self, slot: Slot, release: str) -> None:
        """Add a slot with the weight 0. From now on Nginx logs every request."""
        state = read_state(self._home)
        releases = {**state.releases, slot: release}
        self._set(replace(state, new=slot, weight=0, releases=releases, is_deploying=True))

    def set_weight(self, weight: int) -> None:
        """Give the canary ``weight`` percent of the traffic."""
        self._set(replace(read_state(self._home), weight=weight))

    def send_all_to(self, slot: Slot) -> None:
        """Give one slot all traffic; the other one may still have requests in flight."""
        self._set(replace(read_state(self._home), active=slot, new=None, weight=0))

    def remove_other(self, slot: Slot, release: str) -> None:
        """Keep only ``slot``; the other one has stopped."""
        self._set(TrafficState(active=slot, releases={slot: release}))

    def _set(self, state: TrafficState) -> None:
        """Write the state and tell Nginx; if the disk is full, tell Nginx anyway, because it routes the users."""
        try:
            written = write_state(self._home, state)
        except TrafficError:
            self._control.put(replace(state, version=int(time.time() * 1000)))
            raise
        self._tell_nginx(written)

    def _tell_nginx(self, state: TrafficState) -> None:
        """Tell Nginx, and repeat for some seconds: after a crash Nginx needs a moment to restart."""
        deadline = time.monotonic() + _NGINX_SECONDS
        while True:
            try:
                self._control.put(state)
            except TrafficError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_POLL_SECONDS)
            else:
                return
