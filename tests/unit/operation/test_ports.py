"""A port counts as free only if it is free on every address that a process listens on."""

import socket
from collections.abc import Iterator

import pytest

from partsearch.operation.errors import PortTakenError
from partsearch.operation.names import Service
from partsearch.operation.nginx.configuration import has_ipv6_loopback
from partsearch.operation.ports import require_free
from partsearch.operation.supervision.processes import Process
from tests.support.site import free_ports


@pytest.fixture
def taken_on_ipv6() -> Iterator[int]:
    """A port with a listener on [::1]; a machine without IPv6 has none."""
    (port,) = free_ports(1)
    if not has_ipv6_loopback():
        yield port
        return
    with socket.create_server(("::1", port), family=socket.AF_INET6):
        yield port


def process(service: Service, port: int) -> Process:
    return Process(service, [], "TERM", 1, port)


def test_nginx_listens_on_the_ipv6_loopback_too(taken_on_ipv6: int) -> None:
    if has_ipv6_loopback():
        with pytest.raises(PortTakenError, match=f"Port {taken_on_ipv6}, which nginx needs, is taken by "):
            require_free([process(Service.NGINX, taken_on_ipv6)])
    require_free([process(Service.DJANGO, taken_on_ipv6)])


def test_a_machine_without_ipv6_has_no_port_taken_on_ipv6(taken_on_ipv6: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partsearch.operation.ports.has_ipv6_loopback", lambda: False)
    require_free([process(Service.NGINX, taken_on_ipv6)])


def test_a_machine_without_ipv6_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_family(*_arguments: object) -> socket.socket:
        raise OSError("Address family not supported by protocol")

    monkeypatch.setattr("partsearch.operation.nginx.configuration.socket.socket", no_such_family)
    assert has_ipv6_loopback() is False
