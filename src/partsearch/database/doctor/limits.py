"""The checks of the connection limits: whether the database accepts as many connections as the site can open."""

from collections.abc import Iterator
from dataclasses import dataclass

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.check_result import CheckResult
from partsearch.database.connections import DJANGO_PER_WORKER, FASTAPI_PER_WORKER, needed_connections, workers
from partsearch.database.query_connection import QueryConnection

_NEON_POOLER_CLIENTS = 10_000
_MINIMUM_FOR_COMMANDS = 2
_UNLIMITED = -1

_LIMITS = """
    SELECT current_setting('max_connections')::int,
        current_setting('superuser_reserved_connections')::int
            + coalesce(current_setting('reserved_connections', true), '0')::int,
        rolconnlimit, datconnlimit, quote_ident(rolname), quote_ident(datname)
    FROM pg_roles, pg_database
    WHERE rolname = current_user AND datname = current_database()
"""


@dataclass(frozen=True)
class Need:
    """The connections that a part of the site opens.

    Attributes:
        user: the part of the site, for messages.
        maximum: the connections at the busiest time.
        minimum: the connections that one release needs to work.
        grows_with_workers: whether fewer workers need fewer connections.
    """

    user: str
    maximum: int
    minimum: int
    grows_with_workers: bool = True


def service_need() -> Need:
    """Return the need of both services: during a deployment two releases run."""
    one_release = workers() * (FASTAPI_PER_WORKER + DJANGO_PER_WORKER)
    return Need("the services", 2 * one_release, one_release)


def _direct_need() -> Need:
    """Return the need of the commands and the change listeners, which bypass a pooler."""
    maximum = needed_connections() - service_need().maximum
    return Need("commands and live search", maximum, _MINIMUM_FOR_COMMANDS, grows_with_workers=False)


def check_limit(connection: QueryConnection, *, services_are_pooled: bool) -> Iterator[CheckResult]:
    """Yield the limit of the server compared with the connections that bypass a pooler."""
    services, direct = service_need(), _direct_need()
    site = Need("the site", services.maximum + direct.maximum, services.minimum + direct.minimum)
    yield _limit_result("connections", connection, direct if services_are_pooled else site)


def check_replica_limit(replica: QueryConnection) -> Iterator[CheckResult]:
    """Yield the limit of the replica compared with the connections of the searches."""
    yield _limit_result("replica limit", replica, service_need())


def check_pooler_limit(address: DatabaseAddress) -> Iterator[CheckResult]:
    """Yield the assumed limit of the pooler, if there is one: the site's role may not query its console."""
    if not address.is_pooled:
        return
    if address.kind is DatabaseKind.NEON:
        limit = f"not queried; Neon's takes {_NEON_POOLER_CLIENTS:,} clients"
    else:
        limit = "not queried; see its max_client_conn"
    yield CheckResult("pooler", f"{limit}, the services: up to {service_need().maximum}")


def _limit_result(subject: str, connection: QueryConnection, need: Need) -> CheckResult:
    """Return the lowest limit for this role in this database: a failure below ``need.minimum``."""
    connections, reserved, of_role, of_database, role, database = connection.row(_LIMITS)
    limits = [
        (
            connections - reserved,
            f"max_connections {connections}, {reserved} of them reserved",
            f"Raise max_connections to {need.maximum + reserved} or more",
        ),
        (of_role, f"the limit of role {role}", f"Run ALTER ROLE {role} CONNECTION LIMIT {need.maximum};"),
        (
            of_database,
            f"the limit of database {database}",
            f"Run ALTER DATABASE {database} CONNECTION LIMIT {need.maximum};",
        ),
    ]
    lowest, reason, step = min(limit for limit in limits if limit[0] != _UNLIMITED)
    advice = f"{step}{' or lower PARTSEARCH_WORKERS.' if need.grows_with_workers else ''}"
    return CheckResult(
        subject,
        f"{lowest} allowed ({reason}), {need.user}: up to {need.maximum}",
        is_failure=lowest < need.minimum,
        next_step="" if lowest >= need.maximum else advice,
    )
