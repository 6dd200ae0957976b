"""The checks of the database: can the site serve from it, and if not, what is to be done."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg

from partsearch.database.check_result import CheckResult
from partsearch.database.doctor.asking import Asked
from partsearch.database.doctor.changes import changes
from partsearch.database.doctor.encryption import encryption
from partsearch.database.doctor.identity import same_database
from partsearch.database.doctor.letters import letters
from partsearch.database.doctor.limits import direct_limit, pooler_limit
from partsearch.database.doctor.replica import replica_limit, staleness
from partsearch.database.doctor.round_trip import round_trip
from partsearch.database.doctor.schema import catalog, extensions, ids, migrations
from partsearch.database.doctor.version import server_version
from partsearch.database.doctor.ways import ONLY, Way, entered, ways
from partsearch.database.driver_errors import first_line
from partsearch.errors import PartsearchError
from partsearch.settings import Settings

_Check = Callable[[], Iterator[CheckResult]]


def database_findings(settings: Settings) -> Iterator[CheckResult]:
    """Checks the database of these settings, each way to it and what is there.

    Args:
        settings: name the database, and the replica if there is one.

    Returns:
        The findings, each as soon as it is known. Whatever goes wrong is a finding too; none holds a password.
    """
    try:
        named = ways(settings)
    except PartsearchError as error:
        yield CheckResult("address", str(error), is_fault=True, next_step=error.next_step)
        return
    with ExitStack() as stack:
        inside: dict[str, Asked] = {}
        for way in named:
            yield from _enter(way, inside, stack)
        yield from _examine(named, inside)


def _enter(way: Way, inside: dict[str, Asked], stack: ExitStack) -> Iterator[CheckResult]:
    """Connects and, where that succeeds, looks at the connection itself and notes it in ``inside``."""
    try:
        asked, seconds = entered(way)
    except PartsearchError as error:
        yield CheckResult(way.name, str(error), is_fault=not way.is_replica, next_step=error.next_step)
        return
    inside[way.name] = stack.enter_context(asked)
    yield CheckResult(way.name, way.described(seconds))
    yield from _checked(way.subject("TLS"), lambda: encryption(way, asked))
    yield from _checked(way.subject("round trip"), lambda: round_trip(way, asked))


def _examine(named: list[Way], inside: dict[str, Asked]) -> Iterator[CheckResult]:
    """Looks at what is in the database, through the most direct way that is open."""
    open_ways = [way for way in named if way.name in inside and not way.is_replica]
    if not open_ways:
        return
    primary = inside[open_ways[-1].name]
    if len(open_ways) > 1:
        yield from _checked(
            "identity", lambda: same_database("identity", inside[open_ways[0].name], primary, "DIRECT_DATABASE_URL")
        )
    checks: dict[str, _Check] = {
        "server": lambda: server_version(primary),
        "locale": lambda: letters(primary),
        "extensions": lambda: extensions(primary),
        "migrations": lambda: migrations(primary),
        "catalog": lambda: catalog(inside[open_ways[0].name]),
        "changes": lambda: changes(primary),
        "ids": lambda: ids(primary),
        "connections": lambda: direct_limit(primary, services_are_pooled=named[0].address.is_pooled),
    }
    for subject, check in checks.items():
        yield from _checked(subject, check)
        if primary.connection.closed:
            return
    yield from pooler_limit(named[0].address)
    if named[0].name == ONLY and named[0].address.is_pooled:
        yield CheckResult(
            "direct",
            "DATABASE_URL is a pooler's: live search hears of no change through one, and migrations need more",
            next_step="Set DIRECT_DATABASE_URL to the address of the server itself.",
        )
    for way in named:
        if way.is_replica and way.name in inside:
            yield from _examine_replica(way, inside[way.name], primary)


def _examine_replica(way: Way, replica: Asked, primary: Asked) -> Iterator[CheckResult]:
    yield from _checked(
        "replica identity", lambda: same_database("replica identity", primary, replica, "DATABASE_REPLICA_URL")
    )
    yield from _checked("replica age", lambda: staleness(replica, primary))
    if not way.address.is_pooled:
        yield from _checked("replica limit", lambda: replica_limit(replica))


def _checked(subject: str, check: _Check) -> Iterator[CheckResult]:
    """What ``check`` finds; a question that the database does not answer is a finding as well."""
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
            is_fault=True,
            next_step="Run 'partsearch doctor' again; if it stays so, the database's own log says why.",
        )
