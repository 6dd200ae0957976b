"""An HTTP client of one service of one slot, on the service's own port and past Nginx."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from partsearch.contract.errors import service_busy
from partsearch.operation.names import Service, Slot
from partsearch.operation.supervision.processes import port_of
from partsearch.settings import Settings
from partsearch.system.http_probe import HttpProbe, NoResponseError

_TIMEOUT_SECONDS = 5
_SEARCH_PATH = "/search/part/"
_BUSY = service_busy().body()
_SHOWN_LETTERS = 200

Search = dict[str, Any]


@dataclass(frozen=True)
class ServiceResponse:
    """A response: the status and the body; without a response, the status 0 and the reason as the body."""

    status: int
    body: bytes

    @property
    def is_error(self) -> bool:
        """Whether there is no response, or one that is the server's error."""
        return not HTTPStatus.OK <= self.status < HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def is_rejected_by_queue(self) -> bool:
        """Whether the service rejected the search because too many wait."""
        return self.status == HTTPStatus.SERVICE_UNAVAILABLE and self.body == _BUSY

    def __str__(self) -> str:
        body = self.body.decode(errors="replace")[:_SHOWN_LETTERS]
        return f"status {self.status}, {body}" if self.status else body


class ServiceClient:
    """A keep-alive connection to one service of one slot; a broken one is opened again."""

    def __init__(self, settings: Settings, service: Service, slot: Slot) -> None:
        self.service, self.slot = service, slot
        self.port = port_of(settings, service, slot)
        self.host = settings.own_host()
        self._probe = HttpProbe(f"http://127.0.0.1:{self.port}", _TIMEOUT_SECONDS, self.host)

    def get(self, path: str) -> ServiceResponse:
        """Return the response to a GET request."""
        return self._send("GET", path)

    def search(self, search: Search) -> ServiceResponse:
        """Return the response to a search."""
        return self._send("POST", _SEARCH_PATH, json.dumps(search).encode())

    def _send(self, method: str, path: str, body: bytes | None = None) -> ServiceResponse:
        try:
            response = self._probe.request(method, path, body)
        except NoResponseError as error:
            return ServiceResponse(0, str(error).encode())
        return ServiceResponse(response.status, response.body)

    def close(self) -> None:
        """Close the connection."""
        self._probe.close()
