"""Whether the database takes as many connections as the site can open."""

from collections.abc import Iterator
from dataclasses import dataclass

from partsearch.database.address import DatabaseAddress, DatabaseKind
from partsearch.database.check_result import CheckResult
from partsearch.database.connections import DJANGO_PER_WORKER, FASTAPI_PER_WORKER, needed_connections, workers
from partsearch.database.doctor.asking import Asked

_NEON_POOLER_CLIENTS = 10_000
_FEWEST_FOR_COMMANDS = 2
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
    """Connections that somebody opens: at the busiest time, and those without which one release cannot work."""

    who: str
    most: int
    fewest: int
    grows_with_workers: bool = True


def service_need() -> Need:
    """The pools of both services, in two releases side by side at the most."""
    one_release = workers() * (FASTAPI_PER_WORKER + DJANGO_PER_WORKER)
    return Need("the services", 2 * one_release, one_release)


def _direct_need() -> Need:
    """Whoever goes past a pooler: commands, and the listeners of live search."""
    most = needed_connections() - service_need().most
    return Need("commands and live search", most, _FEWEST_FOR_COMMANDS, grows_with_workers=False)


def direct_limit(asked: Asked, *, services_are_pooled: bool) -> Iterator[CheckResult]:
    """The server's own limit against what is connected to it without a pooler."""
    services, direct = service_need(), _direct_need()
    everybody = Need("the site", services.most + direct.most, services.fewest + direct.fewest)
    yield limit_finding("connections", asked, direct if services_are_pooled else everybody)


def pooler_limit(address: DatabaseAddress) -> Iterator[CheckResult]:
    """What the pooler takes. Its console, which would say, is not open to the site's role: so it is assumed."""
    if not address.is_pooled:
        return
    if address.kind is DatabaseKind.NEON:
        taken = f"not asked; Neon's takes {_NEON_POOLER_CLIENTS:,} clients"
    else:
        taken = "not asked; see its max_client_conn"
    yield CheckResult("pooler", f"{taken}, the services: up to {service_need().most}")


def limit_finding(subject: str, asked: Asked, need: Need) -> CheckResult:
    """The least of the limits that apply to this role in this database: a fault below ``need.fewest``."""
    connections, reserved, of_role, of_database, role, database = asked.row(_LIMITS)
    limits = [
        (
            connections - reserved,
            f"max_connections {connections}, {reserved} of them reserved",
            f"Raise max_connections to {need.most + reserved} or more",
        ),
        (of_role, f"the limit of role {role}", f"Run ALTER ROLE {role} CONNECTION LIMIT {need.most};"),
        (
            of_database,
            f"the limit of database {database}",
            f"Run ALTER DATABASE {database} CONNECTION LIMIT {need.most};",
        ),
    ]
    least, why, step = min(limit for limit in limits if limit[0] != _UNLIMITED)
    advice = f"{step}{' or lower PARTSEARCH_WORKERS.' if need.grows_with_workers else ''}"
    return CheckResult(
        subject,
        f"{least} allowed ({why}), {need.who}: up to {need.most}",
        is_fault=least < need.fewest,
        next_step="" if least >= need.most else advice,
    )
