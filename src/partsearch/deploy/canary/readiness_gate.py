"""The readiness gate: what the new release must pass on its own ports before it gets traffic."""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus

from partsearch.deploy.canary.service_client import Search, ServiceClient
from partsearch.deploy.canary.smoke_test import require_equal_answers, require_live_search, smoke_test_searches
from partsearch.deploy.errors import CanaryFailedError
from partsearch.operation.names import RELEASE_SERVICES, Service, Slot
from partsearch.settings import Settings

_READY_IN_A_ROW = 5
_POLL_SECONDS = 0.2


class ReadinessGate:
    """The gate between the slot of the old release and that of the new one."""

    def __init__(self, settings: Settings, old: Slot, new: Slot, *, answers_may_differ: bool) -> None:
        self._answers_may_differ = answers_may_differ
        self._old = {service: ServiceClient(settings, service, old) for service in RELEASE_SERVICES}
        self._new = {service: ServiceClient(settings, service, new) for service in RELEASE_SERVICES}

    def require_ready(self, seconds: float, report: Callable[[str], None]) -> Sequence[Search]:
        """Wait until the new release is ready and run the smoke test; return the searches of the test.

        Args:
            seconds: the time limit until it is ready.
            report: takes a line for each check that passes.

        Raises:
            CanaryFailedError: the release is not ready, or answers differently from the old one.
        """
        try:
            for client in self._new.values():
                _wait_until_ready(client, seconds)
            report(f"/readyz answers {_READY_IN_A_ROW} times in a row on both services.")
            searches = smoke_test_searches(self._new[RELEASE_SERVICES[0]])
            if not self._answers_may_differ:
                for service in RELEASE_SERVICES:
                    require_equal_answers(self._old[service], self._new[service], searches)
                report(f"Both services answer {len(searches)} searches like the old release.")
            old, new = self._old[Service.FASTAPI], self._new[Service.FASTAPI]
            if require_live_search(old, new, is_optional=self._answers_may_differ):
                report("The live search answers.")
        finally:
            for client in (*self._old.values(), *self._new.values()):
                client.close()
        return searches


def _wait_until_ready(client: ServiceClient, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    in_a_row = 0
    while in_a_row < _READY_IN_A_ROW:
        response = client.get("/readyz")
        in_a_row = in_a_row + 1 if response.status == HTTPStatus.OK else 0
        if in_a_row == 0 and time.monotonic() > deadline:
            raise CanaryFailedError(
                f"{client.service} of the new release is not ready after {seconds:g} s: {response}."
            )
        time.sleep(0 if in_a_row else _POLL_SECONDS)
