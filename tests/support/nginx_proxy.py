"""Nginx as it is configured, in front of a server of the test's own that shows what reaches it."""

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.as_account import as_account, own
from tests.support.deadline import wait_for
from tests.support.site import free_ports

SECONDS = 10


@dataclass
class Upstream:
    """A server that answers every request with 200, an upgrade with 101 and an echo, and keeps what it was sent."""

    port: int
    connections: int = 0
    requests: list[str] = field(default_factory=list)

    def serve(self) -> None:
        with socket.create_server(("127.0.0.1", self.port)) as server:
            while True:
                connection, _ = server.accept()
                self.connections += 1
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while head := b"".join(iter(stream.readline, b"\r\n")) if stream.peek(1) else b"":
                self.requests.append(head.decode("latin-1").lower())
                if b"upgrade: websocket" in head.lower():
                    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
                    connection.sendall(b"Connection: upgrade\r\n\r\n")
                    connection.sendall(stream.read(5))
                    return
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@dataclass
class Door:
    """Nginx on a port, with the server behind it."""

    port: int
    upstream: Upstream
    configuration: Path
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def opened(home: Path, **more: Any) -> Iterator[Door]:
    """Start Nginx with more settings, or with ``is_django_there``; Django is not there else."""
    from partsearch.operation.home import Home
    from partsearch.operation.nginx.configuration import nginx_binary, write_configuration
    from partsearch.settings import Settings

    port, upstream_port, nothing = free_ports(3)
    ports = {
        "partsearch_django_ports": (upstream_port if more.pop("is_django_there", False) else nothing,) * 2,
        "partsearch_fastapi_ports": (upstream_port,) * 2,
    }
    ports |= {name: more.pop(name) for name in ports if name in more}
    upstream = Upstream(upstream_port)
    threading.Thread(target=upstream.serve, daemon=True).start()
    settings = Settings(partsearch_home=home, partsearch_port=port, **more)
    # One server stands for all of them, which no settings of a user's may say.
    settings = settings.model_copy(update=ports)
    folders = Home(home)
    own(home.parent)
    as_account(folders.prepare)
    as_account((folders.run / "nginx").mkdir)
    configuration = write_configuration(settings, folders)
    command = [nginx_binary(settings), "-e", "stderr", "-p", str(folders.run), "-c", str(configuration)]
    log = folders.logs / "nginx.log"
    with log.open("ab") as stderr:
        nginx = subprocess.Popen(command, env=os.environ, stderr=stderr)
    wait_for(lambda: _listens(port), what="Nginx")
    try:
        yield Door(port, upstream, configuration, log)
    finally:
        nginx.terminate()
        nginx.wait(SECONDS)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True
