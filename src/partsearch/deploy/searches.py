"""Our own searches on a service's own port: the same ones on the old and on the new release."""

import http.client
import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from partsearch.contract.errors import service_busy
from partsearch.operation.names import Service, Slot
from partsearch.operation.supervision.processes import port_of
from partsearch.settings import Settings

_SECONDS = 5
_PATH = "/search/part/"
_BUSY = service_busy().body()

Search = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a service answered: the status, 0 where there was no answer, and the body, or else why there is none."""

    status: int
    body: bytes

    @property
    def is_error(self) -> bool:
        """Whether the server is at fault."""
        return not HTTPStatus.OK <= self.status < HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def is_refused_by_queue(self) -> bool:
        """Return whether the service has turned the search away, since too many wait."""
        return self.status == HTTPStatus.SERVICE_UNAVAILABLE and self.body == _BUSY


class ServicePort:
    """A keep-alive connection to one service of one slot, made anew where it broke."""

    def __init__(self, settings: Settings, service: Service, slot: Slot) -> None:
        self.service, self.slot = service, slot
        self.port = port_of(settings, service, slot)
        self.host = settings.own_host()
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)

    def get(self, path: str) -> Answer:
        """Asks for ``path``."""
        return self._ask("GET", path, None)

    def search(self, search: Search) -> Answer:
        """Puts a search."""
        return self._ask("POST", _PATH, json.dumps(search).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {"Host": self.host} | ({"Content-Type": "application/json"} if body else {})
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            return Answer(response.status, response.read())
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return Answer(0, (str(error) or type(error).__name__).encode())

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


def typical_searches(first_page: bytes) -> Sequence[Search]:
    """Searches that find something, made from what the search without filters has found.

    Args:
        first_page: the answer to that search.
    """
    searches: list[Search] = [{}, {"page": 2}, {"part_name": "бампер"}]
    for part in json.loads(first_page)["response"][:3]:
        searches += [
            {"mark_list": [part["mark"]["id"]], "model_name": part["model"]["name"]},
            {"part_name": part["name"].split()[0][:200], "price_lte": part["price"]},
        ]
    return searches
