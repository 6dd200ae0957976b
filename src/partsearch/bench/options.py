"""The options of a run: what is measured, and how."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from partsearch.bench.record import Generator
from partsearch.operation.names import RELEASE_SERVICES, Service

CONNECTIONS_SWEPT = (1, 10, 50, 100, 500, 1000)


class Route(StrEnum):
    """The routes to a service of the site."""

    DIRECT = "direct"
    NGINX = "nginx"


class PlainService(StrEnum):
    """The idiomatic variants of the services, which run only for a bench."""

    DJANGO = "django-plain"
    FASTAPI = "fastapi-plain"


@dataclass(frozen=True)
class Options:
    """The options of a run.

    Attributes:
        command: the command of the user.
        duration: seconds of a round.
        timeout: seconds after which a request fails.
        scenarios: names; the first one is that of the open loop and of the sweep too.
        services: services of the site.
        plain_services: idiomatic variants, started for the run; without Nginx.
        routes: routes to the services of the site.
        urls: other addresses, by name.
        has_open_loop: whether a fixed rate is measured too.
        has_sweep: whether other numbers of connections are measured too.
        sizes: numbers of parts of catalogs that are made and measured too.
    """

    command: str
    generator: Generator = Generator.WRK
    connections: int = 100
    threads: int = 4
    duration: int = 30
    rounds: int = 5
    timeout: int = 10
    scenarios: tuple[str, ...] = ("mix",)
    services: tuple[Service, ...] = RELEASE_SERVICES
    plain_services: tuple[PlainService, ...] = ()
    routes: tuple[Route, ...] = tuple(Route)
    urls: Mapping[str, str] = field(default_factory=dict)
    has_open_loop: bool = True
    has_sweep: bool = False
    sizes: tuple[int, ...] = ()

    @property
    def measures_site(self) -> bool:
        """Return whether the run needs the site: it measures more than other addresses."""
        return bool(self.services or self.plain_services)
