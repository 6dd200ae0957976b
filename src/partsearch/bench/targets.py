"""What is measured: the services of the site, on their own ports and through Nginx, and any other address."""

from collections.abc import Iterator

from partsearch.bench.errors import NothingToMeasureError
from partsearch.bench.options import Door, Options
from partsearch.bench.record import Target
from partsearch.operation.names import Service
from partsearch.operation.nginx.traffic import read_state
from partsearch.operation.site import Site
from partsearch.operation.supervision.processes import port_of


def targets(site: Site | None, options: Options) -> tuple[Target, ...]:
    """All that the options name: first the services on their own ports, then through Nginx, then other addresses.

    Args:
        site: the site whose services are measured; ``None`` where there are other addresses alone.

    Raises:
        NothingToMeasureError: the site is not up, or lets hardly any load through.
    """
    services = tuple(_of_site(site, options)) if site else ()
    return (*services, *(Target(name, address, None) for name, address in options.urls.items()))


def _of_site(site: Site, options: Options) -> Iterator[Target]:
    if not site.is_up():
        raise NothingToMeasureError(
            "The site is not up.", "Start it with 'partsearch up', and fill it with 'partsearch generate 10000'."
        )
    if Door.NGINX in options.doors and site.settings.partsearch_rate_limit:
        raise NothingToMeasureError(
            "Nginx refuses most of the load: PARTSEARCH_RATE_LIMIT is set.",
            "Unset it for the time of measuring, or measure the services' own ports alone: --door direct.",
        )
    for door in Door:
        if door in options.doors:
            for service in options.services:
                yield _target(site, service, door)


def _target(site: Site, service: Service, door: Door) -> Target:
    host = site.settings.own_host()
    if door is Door.NGINX:
        return Target(f"{service}-nginx", site.url(f"/{service}"), str(service), is_through_nginx=True, host=host)
    port = port_of(site.settings, service, read_state(site.home).active)
    return Target(str(service), f"http://127.0.0.1:{port}", str(service), host=host)
