"""Who gets the traffic: the one place of an update that tells Nginx."""

import time
from dataclasses import replace

from partsearch.operation.home import Home
from partsearch.operation.names import Slot
from partsearch.operation.nginx.traffic import NginxControl, TrafficError, TrafficState, read_state, write_state

_PATIENCE_SECONDS = 5.0
_POLL_SECONDS = 0.1


class Switch:
    """The traffic between the two slots of a home.

    Every method raises ``TrafficError`` where the state cannot be written or Nginx cannot be told. The guard goes on
    telling Nginx what was written.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._control = NginxControl(home)

    def begin(self, new: Slot, release: str) -> None:
        """Makes a new slot known, which gets nothing yet; from here on Nginx notes every request."""
        state = read_state(self._home)
        releases = {**state.releases, new: release}
        self._set(replace(state, new=new, share=0, releases=releases, is_deploying=True))

    def give(self, share: int) -> None:
        """Gives the new slot ``share`` percent of the traffic."""
        self._set(replace(read_state(self._home), share=share))

    def give_all_to(self, slot: Slot) -> None:
        """Gives one slot all traffic; the other one may still have requests under way."""
        self._set(replace(read_state(self._home), active=slot, new=None, share=0))

    def end(self, slot: Slot, release: str) -> None:
        """Forgets the other slot, which runs no more."""
        self._set(TrafficState(active=slot, releases={slot: release}))

    def _set(self, state: TrafficState) -> None:
        """Writes the state and tells Nginx; where the disk is full, Nginx alone, which is what the visitors feel."""
        try:
            written = write_state(self._home, state)
        except TrafficError:
            self._control.put(replace(state, version=int(time.time() * 1000)))
            raise
        self._tell(written)

    def _tell(self, state: TrafficState) -> None:
        """Nginx may be away for a moment when it has died and comes back."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                self._control.put(state)
            except TrafficError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_POLL_SECONDS)
            else:
                return
