"""The smoke test: a few searches and the live search, compared with the release that serves."""

import json
import socket
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from partsearch.deploy.canary.compared_answers import agrees, difference
from partsearch.deploy.canary.service_client import Search, ServiceClient
from partsearch.deploy.errors import CanaryFailedError

_COMPARISONS = 5
_LIVE_PATH = "/search/part/live/"
_LIVE_SECONDS = 5


def smoke_test_searches(client: ServiceClient) -> Sequence[Search]:
    """Return searches with matches, built from the parts that the release finds without filters.

    Raises:
        CanaryFailedError: the release does not answer that search.
    """
    response = client.search({})
    try:
        return _searches_from(json.loads(response.body)["response"])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise CanaryFailedError(f"{client.service} of the new release does not answer a search: {response}.") from error


def _searches_from(parts: Sequence[Any]) -> Sequence[Search]:
    searches: list[Search] = [{}, {"page": 2}, {"part_name": "бампер"}]
    for part in parts[:3]:
        searches += [
            {"mark_list": [part["mark"]["id"]], "model_name": part["model"]["name"]},
            {"part_name": part["name"].split()[0][:200], "price_lte": part["price"]},
        ]
    return searches


def require_equal_answers(old: ServiceClient, new: ServiceClient, searches: Sequence[Search]) -> None:
    """Raise CanaryFailedError if the new release answers a search differently from the old one.

    While people change the catalog the answers of the same release differ, so each comparison has two of the old one.
    """
    for search in searches:
        for _ in range(_COMPARISONS):
            before, found, after = old.search(search), new.search(search), old.search(search)
            if agrees(found, before, after):
                break
        else:
            raise CanaryFailedError(
                f"{new.service} of the new release answers the search {search} differently from the old one:"
                f" {difference(found, before)}."
            )


class LiveSearchError(Exception):
    """The live search of a release does not answer."""


def require_live_search(old: ServiceClient, new: ServiceClient, *, is_optional: bool) -> bool:
    """Return whether the new release has a live search.

    Args:
        old: the FastAPI service of the old release.
        new: that of the new release.
        is_optional: whether the new release may lack the live search although the old one has it.

    Raises:
        CanaryFailedError: the live search of the new release is missing, or does not answer with a result.
    """
    try:
        had_live_search = first_live_message(old.port, old.host) is not None
    except LiveSearchError:
        had_live_search = False
    try:
        message = first_live_message(new.port, new.host)
    except LiveSearchError as error:
        raise CanaryFailedError(f"The live search of the new release does not answer: {error}.") from error
    if message is None and had_live_search and not is_optional:
        raise CanaryFailedError("The new release has no live search; the old one has.")
    if message is not None and message.get("type") != "result":
        raise CanaryFailedError(f"The live search of the new release answers '{message.get('type')}', not 'result'.")
    return message is not None


def first_live_message(port: int, host: str) -> dict[str, Any] | None:
    """Return the first message to a search without filters; ``None`` if the release has no live search.

    Args:
        port: of the release's FastAPI service, on this machine.
        host: a host name that the service accepts.

    Raises:
        LiveSearchError: the release has a live search, and it does not answer.
    """
    try:
        # The host of the address becomes the Host header; the connection itself goes to this machine.
        with connect(
            f"ws://{host}:{port}{_LIVE_PATH}",
            sock=socket.create_connection(("127.0.0.1", port), timeout=_LIVE_SECONDS),
            open_timeout=_LIVE_SECONDS,
            close_timeout=_LIVE_SECONDS,
            max_size=None,
        ) as connection:
            connection.send("{}")
            return dict(json.loads(connection.recv(_LIVE_SECONDS)))
    except InvalidStatus as error:
        # A release without live search does not know this path: 4xx. A release that has it must not answer 5xx.
        if error.response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        raise LiveSearchError(f"status {error.response.status_code}") from error
    except (OSError, ValueError, WebSocketException) as error:
        raise LiveSearchError(str(error) or type(error).__name__) from error
