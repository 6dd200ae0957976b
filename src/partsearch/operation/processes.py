"""The processes of the site: what each of them is, how it is started, how it is told to stop."""

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from partsearch.database import embedded
from partsearch.database.connections import DJANGO_PER_WORKER, workers
from partsearch.operation import launch
from partsearch.operation.home import Home
from partsearch.operation.nginx import nginx_binary
from partsearch.settings import Settings

KEEP_ALIVE_SECONDS = 75
"""Longer than Nginx keeps a connection to a service: else a request could meet a connection that is being closed."""


class Service(StrEnum):
    """The services of the site, in the order in which they start."""

    POSTGRES = "postgres"
    DJANGO = "django"
    FASTAPI = "fastapi"
    NGINX = "nginx"


class Colour(StrEnum):
    """The two places that a release can have; a release that follows another takes the free one."""

    BLUE = "blue"
    GREEN = "green"


@dataclass(frozen=True)
class Process:
    """One supervised process: its command, the signal that ends it gently, and the port that it answers on."""

    service: Service
    command: list[str]
    stop_signal: str
    stop_seconds: int
    port: int | None = None
    colour: Colour | None = None

    def group_file(self, home: Home) -> Path:
        """Where the process group is noted."""
        return home.run / f"{self.service}.group"

    def launch_command(self, home: Home) -> list[str]:
        """The command that ends what a killed predecessor left behind, and then starts this process."""
        return [
            sys.executable, "-I", "-S", launch.__file__, str(self.group_file(home)), self.stop_signal, *self.command
        ]  # fmt: skip


def site_processes(settings: Settings, home: Home) -> list[Process]:
    """Every process of the site, in the order in which they start."""
    processes = [
        _django(settings.partsearch_django_ports[0]),
        _fastapi(settings.partsearch_fastapi_ports[0]),
        _nginx(settings, home),
    ]
    if settings.database_url is None:
        processes.insert(0, _postgres(settings))
    return processes


def _postgres(settings: Settings) -> Process:
    command = embedded.server_command(settings.partsearch_home)
    return Process(Service.POSTGRES, command, "INT", 60, settings.partsearch_database_port)


def _program(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _django(port: int) -> Process:
    command = [
        _program("granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(workers()), "--blocking-threads", str(DJANGO_PER_WORKER), "--backlog", "2048",
        "--no-ws", "--http", "1", "--http1-keep-alive", "--respawn-failed-workers", "--respawn-interval", "0.5",
        "--workers-kill-timeout", "15", "--log-level", "warning", "--no-access-log",
        "partsearch.django_service.wsgi:application",
    ]  # fmt: skip
    return Process(Service.DJANGO, command, "TERM", 20, port, Colour.BLUE)


def _fastapi(port: int) -> Process:
    command = [
        sys.executable, "-m", "partsearch.fastapi_service.server", "--port", str(port),
        "--workers", str(workers()), "--keep-alive", str(KEEP_ALIVE_SECONDS),
    ]  # fmt: skip
    return Process(Service.FASTAPI, command, "TERM", 20, port, Colour.BLUE)


def _nginx(settings: Settings, home: Home) -> Process:
    command = [nginx_binary(settings), "-e", "stderr", "-p", str(home.run), "-c", str(home.run / "nginx.conf")]
    return Process(Service.NGINX, command, "QUIT", 10, settings.partsearch_port)
