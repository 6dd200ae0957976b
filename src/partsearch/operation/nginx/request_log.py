"""The requests of a deploy as Nginx logs them, one a line, for the deploy that judges by them."""

from dataclasses import dataclass
from pathlib import Path

from partsearch.operation.names import Service, Slot
from partsearch.operation.nginx.traffic import Folders

_NONE = "-"


@dataclass(frozen=True)
class RequestRecord:
    """One request that has ended, with what the chosen release said (``upstream_…``, ``None`` if nothing) and Nginx.

    ``ended`` is the time of the day in seconds. A WebSocket is logged when it ends.
    """

    ended: float
    service: Service
    slot: Slot
    upstream_status: int | None
    status: int
    seconds: float
    upstream_seconds: float | None
    method: str
    is_websocket: bool


def request_log_file(home: Folders) -> Path:
    """Where Nginx logs the requests of a deploy."""
    return home.root / "run" / "traffic.log"


class RequestLog:
    """The log, read from where it ended when this was made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = path.stat().st_size if path.exists() else 0

    def read_new(self) -> list[RequestRecord]:
        """What has been logged since the last reading. A line that is not whole yet is left for the next one."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            if self._path.stat().st_size < self._offset:
                self._offset = 0
            file.seek(self._offset)
            whole = file.read().rpartition(b"\n")[0]
        self._offset += len(whole) + bool(whole)
        return [_record(line) for line in whole.decode().splitlines()]

    def empty(self) -> None:
        """Forgets what was logged; Nginx goes on at the beginning."""
        if self._path.exists():
            with self._path.open("r+b") as file:
                file.truncate()
        self._offset = 0


def _record(line: str) -> RequestRecord:
    ended, picked, upstream_status, status, seconds, upstream_seconds, method, is_websocket = line.split("\t")
    service, slot = picked.split(" ")
    first_status, first_seconds = _first(upstream_status), _first(upstream_seconds)
    return RequestRecord(
        float(ended),
        Service(service),
        Slot(slot),
        None if first_status == _NONE else int(first_status),
        int(status),
        float(seconds),
        None if first_seconds == _NONE else float(first_seconds),
        method,
        is_websocket == "1",
    )


def _first(value: str) -> str:
    """The first of the values that Nginx writes for a request which it sent more than once: ``502, 200``.

    It is that of the release that was chosen; the second one may have helped out.
    """
    return value.replace(" : ", ", ").partition(", ")[0] or _NONE
