"""The database checks of ``partsearch doctor``: whether the site can serve, and what to do if not."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor.connection import check_round_trip, check_tls
from partsearch.database.doctor.limits import check_limit, check_pooler_limit, check_replica_limit
from partsearch.database.doctor.replica import check_replica_age
from partsearch.database.doctor.routes import ONLY, DatabaseRoute, configured_routes, connect
from partsearch.database.doctor.schema import check_catalog, check_extensions, check_ids, check_migrations
from partsearch.database.doctor.server import check_identity, check_locale, check_version, check_writable
from partsearch.database.errors.driver_errors import first_line
from partsearch.database.query_connection import QueryConnection
from partsearch.errors import PartsearchError
from partsearch.settings import Settings

_Check = Callable[[], Iterator[CheckResult]]


def check_database(settings: Settings) -> Iterator[CheckResult]:
    """Yield the results of all checks of the configured database, each as soon as it is known.

    Every error is a result too. No result has a password.

    Args:
        settings: have the addresses of the database, and of the replica if there is one.
    """
    try:
        routes = configured_routes(settings)
    except PartsearchError as error:
        yield CheckResult("address", str(error), is_failure=True, next_step=error.next_step)
        return
    with ExitStack() as stack:
        connections: dict[str, QueryConnection] = {}
        for route in routes:
            yield from _check_route(route, connections, stack)
        yield from _check_contents(routes, connections)


def _check_route(
    route: DatabaseRoute, connections: dict[str, QueryConnection], stack: ExitStack
) -> Iterator[CheckResult]:
    """Connect, add the connection to ``connections`` and check it."""
    try:
        connection, seconds = connect(route)
    except PartsearchError as error:
        yield CheckResult(route.name, str(error), is_failure=not route.is_replica, next_step=error.next_step)
        return
    connections[route.name] = stack.enter_context(connection)
    yield CheckResult(route.name, route.description(seconds))
    yield from _results(route.subject("TLS"), lambda: check_tls(route, connection))
    yield from _results(route.subject("round trip"), lambda: check_round_trip(route, connection))


def _check_contents(routes: list[DatabaseRoute], connections: dict[str, QueryConnection]) -> Iterator[CheckResult]:
    """Check the contents of the database over the most direct open route, and the replica."""
    open_routes = [route for route in routes if route.name in connections and not route.is_replica]
    if not open_routes:
        return
    searches, primary = connections[open_routes[0].name], connections[open_routes[-1].name]
    if len(open_routes) > 1:
        yield from _results("identity", lambda: check_identity("identity", searches, primary, "DIRECT_DATABASE_URL"))
    checks: dict[str, _Check] = {
        "server": lambda: check_version(primary),
        "locale": lambda: check_locale(primary),
        "extensions": lambda: check_extensions(primary),
        "migrations": lambda: check_migrations(primary),
        "catalog": lambda: check_catalog(searches),
        "changes": lambda: check_writable(primary),
        "ids": lambda: check_ids(primary),
        "connections": lambda: check_limit(primary, services_are_pooled=routes[0].address.is_pooled),
    }
    for subject, check in checks.items():
        yield from _results(subject, check)
        if primary.connection.closed:
            return
    yield from check_pooler_limit(routes[0].address)
    yield from _check_direct_route(routes)
    for route in routes:
        if route.is_replica and route.name in connections:
            yield from _check_replica(route, connections[route.name], primary)


def _check_direct_route(routes: list[DatabaseRoute]) -> Iterator[CheckResult]:
    if routes[0].name == ONLY and routes[0].address.is_pooled:
        yield CheckResult(
            "direct",
            "DATABASE_URL is a pooler's: live search gets no notifications through one, and migrations need more",
            next_step="Set DIRECT_DATABASE_URL to the address of the server itself.",
        )


def _check_replica(route: DatabaseRoute, replica: QueryConnection, primary: QueryConnection) -> Iterator[CheckResult]:
    yield from _results(
        "replica identity", lambda: check_identity("replica identity", primary, replica, "DATABASE_REPLICA_URL")
    )
    yield from _results("replica age", lambda: check_replica_age(replica, primary))
    if not route.address.is_pooled:
        yield from _results("replica limit", lambda: check_replica_limit(replica))


def _results(subject: str, check: _Check) -> Iterator[CheckResult]:
    """Yield the results of a check; an error of the database during it is a result too."""
    try:
        yield from check()
    except psycopg.errors.InsufficientPrivilege as error:
        yield CheckResult(
            subject, f"could not be checked: {first_line(error)}", next_step="Grant the role of the site this right."
        )
    except psycopg.Error as error:
        yield CheckResult(
            subject,
            f"could not be checked: {first_line(error)}",
            is_failure=True,
            next_step="Run 'partsearch doctor' again. If it fails again, the log of the database says why.",
        )
