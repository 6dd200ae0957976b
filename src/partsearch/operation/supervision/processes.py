"""The processes of the site: the command of each, its port, and the signal that stops it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from partsearch import django_service
from partsearch.contract.limits import QUEUE_SECONDS
from partsearch.database import embedded
from partsearch.database.address.configured import database_address
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
_GRANIAN_LOGGING = Path(django_service.__file__).with_name("granian_logging.json")
KEEP_ALIVE_SECONDS = 75
"""Longer than Nginx keeps a connection to a service; else a request could meet a connection that is closing."""


@dataclass(frozen=True)
class Process:
    """A supervised process: its command, the signal that stops it gracefully, and the port that it listens on.

    ``socket`` is a unix socket that it listens on, and which it does not take over from a killed predecessor.
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
        """The name of the process and of its log, such as ``django-blue``."""
        return process_name(self.service, self.slot)

    def group_file(self, home: Home) -> Path:
        """Return the file with the note of the process group."""
        return group_file(home, self.name)

    def launch_command(self, home: Home) -> list[str]:
        """Return the command that ends what a killed predecessor has left, and then starts this process."""
        sockets = ["--remove", str(self.socket)] if self.socket else []
        return [
            sys.executable, "-I", "-S", launch.__file__, *sockets, str(self.group_file(home)), self.stop_signal,
            *self.command,
        ]  # fmt: skip


def process_name(service: Service, slot: Slot | None = None) -> str:
    """Return the name of the process of a service."""
    return f"{service}-{slot}" if slot else str(service)


def group_file(home: Home, name: str) -> Path:
    """Return the file with the note of the process group of this name."""
    return home.run / f"{name}.group"


def port_of(settings: Settings, service: Service, slot: Slot) -> int:
    """Return the port of a service of a slot."""
    ports = settings.partsearch_django_ports if service is Service.DJANGO else settings.partsearch_fastapi_ports
    return ports[0] if slot is Slot.BLUE else ports[1]


def shared_processes(settings: Settings, home: Home) -> list[Process]:
    """Return the processes that run once for the site, in the order of starting."""
    processes = [_nginx(settings, home), _health_checker(settings, home)]
    if settings.database_url is None:
        processes.insert(0, _postgres(settings))
    return processes


def slot_processes(settings: Settings, slot: Slot, release: Release) -> list[Process]:
    """Return the processes of one slot, which run by the release's own Python."""
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
        "--workers-kill-timeout", "15", "--log-level", "warning", "--log-config", str(_GRANIAN_LOGGING),
        "--no-access-log",
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
    """Return the argument with the time limit of the health checker's searches; none for a database that sleeps.

    A service whose database is slow, locked or unavailable answers 503 before that limit.
    """
    try:
        address = database_address(settings)
    except DatabaseAddressError:
        # 'up' and 'doctor' report the error when they use the database; 'status' and 'down' do not need it.
        return []
    seconds = QUEUE_SECONDS + settings.partsearch_query_seconds + _ANSWER_MARGIN_SECONDS
    return [] if address.can_sleep else ["--search-seconds", str(seconds)]
