"""Exports while their release is replaced: they end within the drain, or are cut so that the client notices."""

import socket
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import psycopg
import pytest

from partsearch.operation.names import Service, Slot
from partsearch.operation.supervision.processes import port_of
from tests.conftest import truncate_catalog
from tests.support.as_account import as_account
from tests.support.deadline import wait_for
from tests.support.site import RunningSite
from tests.support.slots import NEXT_RELEASE, BothSlots

_PARTS = 8_000
_SECONDS = 120
_SMALL_BUFFER = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)]
_ROUTES = [(service, is_direct) for service in (Service.DJANGO, Service.FASTAPI) for is_direct in (True, False)]


@pytest.fixture(scope="module", autouse=True)
def many_parts(migrated_database: str) -> None:
    """Insert parts whose texts can hardly be packed: more than all buffers on the way to a client hold, as XLSX too."""
    truncate_catalog(migrated_database)
    with psycopg.connect(migrated_database) as connection:
        connection.execute("INSERT INTO mark (id, name) VALUES (1, 'a')")
        connection.execute("INSERT INTO model (id, name, mark_id) VALUES (1, 'a', 1)")
        connection.execute(
            """
            INSERT INTO part (name, mark_id, model_id, price, json_data)
            SELECT 'a', 1, 1, 1, jsonb_build_object('video', text) FROM generate_series(1, %s) AS part_number, LATERAL (
                SELECT string_agg(md5(part_number || '-' || piece), '') AS text FROM generate_series(1, 120) AS piece
            ) AS texts
            """,
            [_PARTS],
        )


@pytest.fixture
def both(live_site: RunningSite) -> Iterator[BothSlots]:
    """Both releases; the later one, in green, has all traffic."""
    with BothSlots.started(live_site) as both:
        both.set_traffic(active=Slot.GREEN)
        yield both


class Download:
    """An export of the release in green, of which the first bytes have been read."""

    def __init__(self, both: BothSlots, service: Service, list_format: str, *, is_direct: bool) -> None:
        base = f"http://127.0.0.1:{port_of(both.site.settings, service, Slot.GREEN)}"
        url = f"{base if is_direct else both.site.url('/') + service}/search/part/export/?format={list_format}"
        self._stack = ExitStack()
        transport = httpx.HTTPTransport(socket_options=_SMALL_BUFFER)
        client = self._stack.enter_context(httpx.Client(transport=transport, timeout=_SECONDS))
        answer = self._stack.enter_context(client.stream("GET", url, headers={"Accept-Encoding": "identity"}))
        assert (answer.status_code, answer.headers["X-Release"]) == (200, NEXT_RELEASE)
        self._pieces = answer.iter_raw()
        self.content = next(self._pieces)

    def read(self) -> bool:
        """Read to the end; return whether the client can take that for the whole."""
        with self._stack:
            try:
                self.content += b"".join(self._pieces)
            except httpx.TransportError:
                return False
        return True


def downloads(both: BothSlots, list_format: str) -> list[Download]:
    """Begin an export by each route to each service."""
    return [Download(both, service, list_format, is_direct=is_direct) for service, is_direct in _ROUTES]


def test_an_export_goes_on_while_its_release_drains(both: BothSlots) -> None:
    """A drain waits for what is in flight: the exports count, and end as a whole."""
    running = downloads(both, "jsonl")
    both.set_traffic(is_deploying=True)
    assert both.control.get().in_flight_of(Slot.GREEN) == len(_ROUTES) / 2
    with ThreadPoolExecutor(len(running)) as pool:
        assert all(pool.map(Download.read, running))
    assert {download.content.count(b"\n") for download in running} == {_PARTS}
    wait_for(lambda: both.control.get().in_flight_of(Slot.GREEN) == 0, what="the end of the drain")


@pytest.mark.parametrize("list_format", ["csv", "xlsx", "jsonl"])
def test_an_export_that_outlasts_the_drain_is_cut_and_the_client_notices(both: BothSlots, list_format: str) -> None:
    """The clients read nothing while the release is stopped, and go on afterwards."""
    running = downloads(both, list_format)
    both.set_traffic()
    as_account(both.site.stop_slot, Slot.GREEN)
    assert [download.read() for download in running] == [False] * len(_ROUTES)


def test_an_export_that_ends_while_its_release_is_stopped_is_whole_or_cut(both: BothSlots) -> None:
    """The clients read on during the stop: whatever they get without an error is the whole list."""
    running = downloads(both, "jsonl")
    both.set_traffic()
    with ThreadPoolExecutor(len(running)) as pool:
        reading: list[Future[bool]] = [pool.submit(download.read) for download in running]
        as_account(both.site.stop_slot, Slot.GREEN)
    for download, is_whole in zip(running, reading, strict=True):
        assert is_whole.result() is (download.content.count(b"\n") == _PARTS)
