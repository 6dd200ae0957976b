"""The limits of live search for one client."""

import socket
import time
from contextlib import ExitStack

import psutil
import pytest
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

from partsearch.database.connections import workers
from partsearch.settings import settings
from tests.acceptance.live.conftest import Connection
from tests.support.deadline import wait_for
from tests.support.live import LIVE, LiveClient, workers_of
from tests.support.site import RunningSite

STRANGER = "203.0.113.7"
_MEGABYTE = 2**20


def test_an_address_has_a_limited_number_of_sockets(live_site: RunningSite) -> None:
    """The address is that of X-Forwarded-For. Each process counts for itself."""
    most = settings().partsearch_live_sockets
    with ExitStack() as others:
        number, rejected = fill_up(live_site.fastapi_url, others)
        assert most <= number <= most * workers()
        assert rejected.status_code == 429
        assert int(rejected.headers["Retry-After"]) > 0
        assert rejected.headers["Content-Type"] == "application/problem+json"
        for _ in range(2 * workers()):
            others.enter_context(LiveClient.connected(live_site.fastapi_url, X_Forwarded_For="203.0.113.8")).ask({})
    with ExitStack() as again:
        wait_for(
            lambda: fill_up(live_site.fastapi_url, again)[0], what="a free socket after the others have disconnected"
        )


def fill_up(url: str, others: ExitStack, address: str = STRANGER) -> tuple[int, Response]:
    """Open sockets from one address or network until a rejection. Return their number and the rejection."""
    for number in range(10_000):
        try:
            others.enter_context(LiveClient.connected(url, X_Forwarded_For=address.format(number)))
        except InvalidStatus as rejected:
            return number, rejected.response
    raise AssertionError("there is no limit")


def test_an_ipv6_network_is_one_client(live_site: RunningSite) -> None:
    with ExitStack() as sockets:
        number, rejected = fill_up(live_site.fastapi_url, sockets, "2001:db8::{:x}")
        assert number <= settings().partsearch_live_sockets * workers()
        assert rejected.status_code == 429


def test_a_loopback_address_has_no_limit(live_site: RunningSite) -> None:
    with ExitStack() as own:
        for _ in range(settings().partsearch_live_sockets * workers() + 1):
            own.enter_context(LiveClient.connected(live_site.fastapi_url))


def test_a_client_that_sends_too_much_is_slowed_down(live_site: RunningSite, catalog: Connection) -> None:
    with LiveClient.connected(live_site.url) as eager, LiveClient.connected(live_site.url) as other:
        began = time.monotonic()
        for page in range(1, 31):
            eager.send({"page": page})
        other.ask({})
        assert time.monotonic() - began < 1.5
        for _ in range(30):
            eager.result()
        assert 1.5 < time.monotonic() - began < 6


@pytest.mark.parametrize("length", [2**16 + 1, 2**19])
@pytest.mark.parametrize("route", ["url", "fastapi_url"])
def test_a_message_that_is_too_long_gets_a_close_frame(live_site: RunningSite, route: str, length: int) -> None:
    """Twenty times: TCP does not lose a Close frame every time."""
    with ExitStack() as stack:
        clients = [stack.enter_context(LiveClient.connected(getattr(live_site, route))) for _ in range(20)]
        for client in clients:
            client.send_to_close(" " * length)
        assert {client.close_code() for client in clients} == {1009}


def test_a_client_that_sends_without_end_is_disconnected(live_site: RunningSite) -> None:
    with LiveClient.connected(live_site.fastapi_url) as client, pytest.raises(ConnectionClosed):
        for _ in range(1000):
            client.send(" " * _MEGABYTE)


def fill(catalog: Connection) -> None:
    """Insert ten parts of 100 kB each, so that an answer has a megabyte."""
    catalog.execute(
        "INSERT INTO part (name, mark_id, model_id, price, json_data) SELECT 'Тяжёлая деталь', 1, 10, number,"
        " jsonb_build_object('description', repeat('тяжесть', 14000)) FROM generate_series(1, 10) AS number"
    )


def silent_reader(url: str, search: str) -> tuple[socket.socket, ClientProtocol]:
    """Return a client that has opened a socket and sent a search, and reads nothing."""
    address = url.replace("http", "ws") + LIVE
    uri = parse_uri(address)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((uri.host, uri.port))
    protocol = ClientProtocol(uri, max_size=None)
    protocol.send_request(protocol.connect())
    connection.sendall(b"".join(protocol.data_to_send()))
    while not protocol.events_received():
        protocol.receive_data(connection.recv(1024))
    protocol.send_text(search.encode())
    connection.sendall(b"".join(protocol.data_to_send()))
    return connection, protocol


def frames_left(connection: socket.socket, protocol: ClientProtocol) -> tuple[int, int | None]:
    """Read to the end. Return the number of messages and the code of the Close frame."""
    connection.settimeout(20)
    messages = 0
    try:
        while data := connection.recv(_MEGABYTE):
            protocol.receive_data(data)
            messages += sum(getattr(event, "opcode", None) is Opcode.TEXT for event in protocol.events_received())
    except ConnectionResetError:
        pass
    return messages, protocol.close_rcvd.code if protocol.close_rcvd else None


def test_a_client_that_does_not_read_is_disconnected_and_costs_no_memory(
    live_site: RunningSite, catalog: Connection
) -> None:
    from partsearch.fastapi_service.live.count import open_sockets

    fill(catalog)
    service = live_site.pid("fastapi")

    def number() -> int:
        return sum(open_sockets(live_site.home / "run", service).values())

    wait_for(lambda: number() == 0, what="an empty service")
    with LiveClient.connected(live_site.fastapi_url) as reader:
        heavy = {"part_name": "тяжёлая деталь"}
        reader.ask(heavy)
        slow, protocol = silent_reader(live_site.fastapi_url, '{"part_name": "тяжёлая деталь"}')
        with slow:
            wait_for(lambda: number() == 2, what="both sockets")
            before = memory_of(service)
            changes = 0
            began = time.monotonic()
            while number() == 2:
                changes += 1
                catalog.execute("UPDATE part SET price = price + 1 WHERE name = 'Тяжёлая деталь'")
                changed = time.monotonic()
                reader.result()
                assert time.monotonic() - changed < 1.5
                assert time.monotonic() - began < 40
            assert changes > 20
            assert memory_of(service) - before < 40 * _MEGABYTE
            messages, code = frames_left(slow, protocol)
            assert code == 1008
            assert messages < changes
        catalog.execute("UPDATE part SET price = price + 1 WHERE name = 'Тяжёлая деталь'")
        reader.result(1)


def memory_of(service: int) -> int:
    """Return the bytes of memory that the workers of the service use."""
    return sum(psutil.Process(worker.pid).memory_info().rss for worker in workers_of(service))
