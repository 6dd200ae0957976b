"""What a run is asked to measure, and how."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from partsearch.bench.record import Generator
from partsearch.operation.names import RELEASE_SERVICES, Service

CONNECTIONS_SWEPT = (1, 10, 50, 100, 500, 1000)


class Route(StrEnum):
    """The ways to a service of the site."""

    DIRECT = "direct"
    NGINX = "nginx"


@dataclass(frozen=True)
class Options:
    """What was asked for.

    Attributes:
        command: what was typed.
        duration: seconds of a round.
        timeout: seconds that an answer is waited for.
        scenarios: their names; the first one is that of the open loop and of the sweep too.
        services: of the site; none where only addresses are measured.
        routes: ways to them.
        urls: other addresses, by name.
        has_open_loop: whether a fixed rate is measured too.
        has_sweep: whether the connections are swept.
        sizes: numbers of parts of the catalogs that are made and swept.
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
    routes: tuple[Route, ...] = tuple(Route)
    urls: Mapping[str, str] = field(default_factory=dict)
    has_open_loop: bool = True
    has_sweep: bool = False
    sizes: tuple[int, ...] = ()
