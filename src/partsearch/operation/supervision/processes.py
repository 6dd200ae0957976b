"""The processes of the site: what each of them is, how it is started, how it is told to stop."""

import sys
from dataclasses import dataclass
from pathlib import Path

from partsearch.contract.limits import QUEUE_SECONDS
from partsearch.database import embedded
from partsearch.database.configured import database_address
from partsearch.database.connections import workers
from partsearch.database.errors import DatabaseAddressError
from partsearch.operation import launch
from partsearch.operation.home import Home
from partsearch.operation.names import Service as Service
from partsearch.operation.names import Slot as Slot
from partsearch.operation.nginx.configuration import nginx_command
from partsearch.operation.nginx.traffic import CONTROL_SOCKET
from partsearch.operation.release import Release
from partsearch.settings import Settings

_ANSWER_MARGIN_SECONDS = 1.0
KEEP_ALIVE_SECONDS = 75
"""Longer than Nginx keeps a connection to a service: else a request could meet a connection that is being closed."""


@dataclass(frozen=True)
class Process:
    """One supervised process: its command, the signal that ends it gently, and the port that it answers on.

    ``socket`` is a socket of the file system that it listens on, and does not take over from a killed predecessor.
    """

    service: Service
    command: list[str]
    stop_signal: str
    stop_seconds: int
    port: int | None = None
    slot: Slot | None = None
    release: str | None = None
    socket: Path | None = None

    @property
    def name(self) -> str:
        """What the supervisor and the log know it by, such as ``django-blue``."""
        return process_name(self.service, self.slot)

    def group_file(self, home: Home) -> Path:
        """Where the process group is noted."""
        return group_file(home, self.name)

    def launch_command(self, home: Home) -> list[str]:
        """The command that ends what a killed predecessor left behind, and then starts this process."""
        sockets = ["--remove", str(self.socket)] if self.socket else []
        return [
            sys.executable, "-I", "-S", launch.__file__, *sockets, str(self.group_file(home)), self.stop_signal,
            *self.command,
        ]  # fmt: skip


def process_name(service: Service, slot: Slot | None = None) -> str:
    """The name of a process."""
    return f"{service}-{slot}" if slot else str(service)


def group_file(home: Home, name: str) -> Path:
    """Where the process group of the process of this name is noted."""
    return home.run / f"{name}.group"


def port_of(settings: Settings, service: Service, slot: Slot) -> int:
    """The port of a service of a slot."""
    ports = settings.partsearch_django_ports if service is Service.DJANGO else settings.partsearch_fastapi_ports
    return ports[0] if slot is Slot.BLUE else ports[1]


def shared_processes(settings: Settings, home: Home) -> list[Process]:
    """The processes that are there once, whatever release runs, in the order in which they start."""
    processes = [_nginx(settings, home), _health_checker(settings, home)]
    if settings.database_url is None:
        processes.insert(0, _postgres(settings))
    return processes


def slot_processes(settings: Settings, slot: Slot, release: Release) -> list[Process]:
    """The processes of one slot, which run by the release's own Python."""
    return [_django(settings, slot, release), _fastapi(settings, slot, release)]


def _postgres(settings: Settings) -> Process:
    command = embedded.server_command(settings.partsearch_home)
    return Process(Service.POSTGRES, command, "INT", 60, settings.partsearch_database_port)


def _django(settings: Settings, slot: Slot, release: Release) -> Process:
    port = port_of(settings, Service.DJANGO, slot)
    command = [
        str(release.python), "-P", "-m", "granian", "--interface", "rsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(workers()), "--loop", "uvloop", "--backlog", "2048",
        "--no-ws", "--http", "1", "--http1-keep-alive", "--respawn-failed-workers", "--respawn-interval", "0.5",
        "--workers-kill-timeout", "15", "--log-level", "warning", "--no-access-log",
        "partsearch.django_service.rsgi:application",
    ]  # fmt: skip
    return Process(Service.DJANGO, command, "TERM", 20, port, slot, release.id)


def _fastapi(settings: Settings, slot: Slot, release: Release) -> Process:
    port = port_of(settings, Service.FASTAPI, slot)
    command = [
        str(release.python), "-P", "-m", "partsearch.fastapi_service.server", "--port", str(port),
        "--workers", str(workers()), "--keep-alive", str(KEEP_ALIVE_SECONDS),
    ]  # fmt: skip
    return Process(Service.FASTAPI, command, "TERM", 20, port, slot, release.id)


def _nginx(settings: Settings, home: Home) -> Process:
    command = nginx_command(settings, home)
    socket = home.sockets / CONTROL_SOCKET
    return Process(Service.NGINX, command, "QUIT", 10, settings.partsearch_port, socket=socket)


def _health_checker(settings: Settings, home: Home) -> Process:
    command = [
        sys.executable, "-P", "-m", "partsearch.operation.health_checker",
        "--home", str(home.root), "--sockets", str(home.sockets), "--host", settings.own_host(),
        "--django-ports", *map(str, settings.partsearch_django_ports),
        "--fastapi-ports", *map(str, settings.partsearch_fastapi_ports),
        *_search_arguments(settings),
    ]  # fmt: skip
    return Process(Service.HEALTH_CHECKER, command, "TERM", 5)


def _search_arguments(settings: Settings) -> list[str]:
    """Return how long a search of the guard may take; nothing, and so no searches, for a database that sleeps.

    By then the service has answered 503 by itself, where it is the database that is slow, locked or away.
    """
    try:
        address = database_address(settings)
    except DatabaseAddressError:
        # 'up' and 'doctor' say so when they come to the database; 'status' and 'down' do not need it.
        return []
    seconds = QUEUE_SECONDS + settings.partsearch_query_seconds + _ANSWER_MARGIN_SECONDS
    return [] if address.sleeps else ["--search-seconds", str(seconds)]
