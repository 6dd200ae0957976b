"""The targets of a run: the services of the site by each route, the plain services, and other addresses."""

from collections.abc import Iterator, Mapping

from partsearch.bench.errors import NothingToMeasureError
from partsearch.bench.options import Options, Route
from partsearch.bench.record import Target
from partsearch.operation.names import Service
from partsearch.operation.nginx.traffic import read_state
from partsearch.operation.site import Site
from partsearch.operation.supervision.processes import port_of


def targets(site: Site | None, options: Options, plain_addresses: Mapping[str, str]) -> tuple[Target, ...]:
    """Return all targets: the services directly, the plain services, the services through Nginx, other addresses.

    Args:
        site: the site whose services are measured; ``None`` where only other addresses are.
        options: the options of the run.
        plain_addresses: addresses of the running plain services, by name.

    Raises:
        NothingToMeasureError: the site is not up, or its rate limit would refuse the load.
    """
    others = (Target(name, address, None) for name, address in options.urls.items())
    if site is None:
        return tuple(others)
    _require_load_accepted(site, options)
    plain = (_plain_target(site, name, address) for name, address in plain_addresses.items())
    return (
        *_of_route(site, options, Route.DIRECT),
        *plain,
        *_of_route(site, options, Route.NGINX),
        *others,
    )


def require_site_up(site: Site) -> None:
    """Check that the site is up.

    Raises:
        NothingToMeasureError: the site is not up.
    """
    if not site.is_up():
        raise NothingToMeasureError(
            "The site is not up.", "Start it with 'partsearch up', and fill it with 'partsearch generate 10000'."
        )


def _require_load_accepted(site: Site, options: Options) -> None:
    require_site_up(site)
    if Route.NGINX in options.routes and options.services and site.settings.partsearch_rate_limit:
        raise NothingToMeasureError(
            "Nginx would refuse most of the load: PARTSEARCH_RATE_LIMIT is set.",
            "Unset it for the time of the run, or measure only the services' own ports: --door direct.",
        )


def _of_route(site: Site, options: Options, route: Route) -> Iterator[Target]:
    if route in options.routes:
        for service in options.services:
            yield _target(site, service, route)


def _target(site: Site, service: Service, route: Route) -> Target:
    host = site.settings.own_host()
    if route is Route.NGINX:
        return Target(f"{service}-nginx", site.url(f"/{service}"), str(service), is_through_nginx=True, host=host)
    port = port_of(site.settings, service, read_state(site.home).active)
    return Target(str(service), f"http://127.0.0.1:{port}", str(service), host=host)


def _plain_target(site: Site, name: str, address: str) -> Target:
    return Target(name, address, name, host=site.settings.own_host())
