"""The requests of a deployment, which Nginx logs one a line for the canary analysis."""

from dataclasses import dataclass
from pathlib import Path

from partsearch.operation.names import Service, Slot
from partsearch.operation.nginx.traffic import Folders

_NONE = "-"


@dataclass(frozen=True)
class RequestRecord:
    """A request that has ended.

    ``upstream_status`` and ``upstream_seconds`` are those of the chosen release, ``None`` where it did not answer;
    ``status`` and ``seconds`` those of Nginx. ``ended`` is a Unix time. A WebSocket is logged when it ends.
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
    """Return the path of the log."""
    return home.root / "run" / "traffic.log"


class RequestLog:
    """The log from its present end on.

    Args:
        path: the log, which may not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = path.stat().st_size if path.exists() else 0

    def read_new(self) -> list[RequestRecord]:
        """Return the requests since the last call. A line that is not complete yet is left for the next call."""
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
        """Empty the log; Nginx continues at its beginning."""
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
    """Return the first of the values that Nginx writes for a request which it sent more than once, as ``502, 200``.

    It is that of the chosen release; the second is that of the other slot, which Nginx tried next.
    """
    return value.replace(" : ", ", ").partition(", ")[0] or _NONE
