"""The health gate: what the new release has to show on its own ports before the first visitor meets it."""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus

from partsearch.deploy.errors import NotGoodEnoughError
from partsearch.deploy.live_socket import LiveSearchError, first_message
from partsearch.deploy.searches import Answer, Search, ServicePort, typical_searches
from partsearch.operation.names import RELEASE_SERVICES, Service, Slot
from partsearch.settings import Settings

_READY_IN_A_ROW = 5
_POLL_SECONDS = 0.2
_COMPARISONS = 3
_SHOWN_LETTERS = 200


class HealthGate:
    """The gate between the old slot and the new one."""

    def __init__(self, settings: Settings, old: Slot, new: Slot, *, answers_may_differ: bool) -> None:
        self._settings = settings
        self._answers_may_differ = answers_may_differ
        self._old, self._new = old, new

    def pass_through(self, seconds: float, say: Callable[[str], None]) -> Sequence[Search]:
        """Proves the new release; returns the searches that it was proved with.

        Args:
            seconds: how long it may take to become ready.
            say: takes a line for each proof.

        Raises:
            NotGoodEnoughError: it is not ready, or does not answer as the old release does.
        """
        pairs = [(self._port(service, self._old), self._port(service, self._new)) for service in RELEASE_SERVICES]
        try:
            for _, new in pairs:
                _require_ready(new, seconds)
            say(f"/readyz answers {_READY_IN_A_ROW} times in a row on both services.")
            searches = _searches_from(pairs[0][1])
            if not self._answers_may_differ:
                for old, new in pairs:
                    _require_same_answers(old, new, searches)
                say(f"{len(searches)} searches are answered as by the old release, on both services.")
            self._require_live_search(say)
        finally:
            for port in (port for pair in pairs for port in pair):
                port.close()
        return searches

    def _port(self, service: Service, slot: Slot) -> ServicePort:
        return ServicePort(self._settings, service, slot)

    def _require_live_search(self, say: Callable[[str], None]) -> None:
        old, new = (self._port(Service.FASTAPI, slot) for slot in (self._old, self._new))
        try:
            had = first_message(old.port, old.host)
        except LiveSearchError:
            had = None
        try:
            message = first_message(new.port, new.host)
        except LiveSearchError as error:
            raise NotGoodEnoughError(f"The live search of the new release does not answer: {error}.") from error
        if message is None and had is not None and not self._answers_may_differ:
            raise NotGoodEnoughError("The new release has no live search, which the old one has.")
        if message is not None and message.get("type") != "result":
            raise NotGoodEnoughError(f"The live search of the new release answers '{message.get('type')}'.")
        if message is not None:
            say("The live search answers.")


def _require_ready(port: ServicePort, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    in_a_row = 0
    while in_a_row < _READY_IN_A_ROW:
        answer = port.get("/readyz")
        in_a_row = in_a_row + 1 if answer.status == HTTPStatus.OK else 0
        if in_a_row == 0 and time.monotonic() > deadline:
            raise NotGoodEnoughError(
                f"{port.service} of the new release is not ready after {seconds:g} s: {_said(answer)}."
            )
        time.sleep(0 if in_a_row else _POLL_SECONDS)


def _said(answer: Answer) -> str:
    body = answer.body.decode(errors="replace")[:_SHOWN_LETTERS]
    return f"status {answer.status}, {body}" if answer.status else body


def _searches_from(port: ServicePort) -> Sequence[Search]:
    """The searches of the proof, made from what the new release finds without a filter."""
    answer = port.search({})
    try:
        return typical_searches(answer.body)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise NotGoodEnoughError(
            f"{port.service} of the new release does not answer a search: {_said(answer)}."
        ) from error


def _require_same_answers(old: ServicePort, new: ServicePort, searches: Sequence[Search]) -> None:
    """Where the data changes in between, the answers may differ; they do not time after time."""
    for search in searches:
        for _ in range(_COMPARISONS):
            before, found, after = old.search(search), new.search(search), old.search(search)
            if found.status == before.status and found.body in (before.body, after.body):
                break
        else:
            raise NotGoodEnoughError(
                f"{new.service} of the new release answers the search {search} otherwise than the old one:"
                f" {_said(found)} instead of {_said(before)}."
            )
