"""A copy from end to end: one snapshot of the source becomes one transaction of the target."""

import secrets
from contextlib import ExitStack

import psycopg
from psycopg import sql

from partsearch.catalog_copy import rows, schema, target_tables
from partsearch.catalog_copy.commit import Commit
from partsearch.catalog_copy.connection import STATEMENT_SECONDS, CopyConnection
from partsearch.catalog_copy.embedded_server import embedded_server
from partsearch.catalog_copy.endpoint import Endpoint, parse_endpoints, same_database_error
from partsearch.catalog_copy.errors import CopyError, EndpointError
from partsearch.catalog_copy.report import CopyReport
from partsearch.catalog_copy.tables import common_tables, restart_sequences
from partsearch.database import embedded
from partsearch.database.errors.driver_errors import first_line
from partsearch.database.reachability import require_awake
from partsearch.errors import PartsearchError
from partsearch.settings import Settings
from partsearch.system.signals import termination_signals_interrupt
from partsearch.totals.commands import rebuild_totals


def copy_database(source: str, target: str, settings: Settings, *, replace: bool) -> None:
    """Copy the whole catalog, with the admin accounts, from one database to another.

    Args:
        source: FROM: ``embedded``, ``configured``, an address, or ``env:NAME``.
        target: TO: the same.
        settings: of the site whose embedded or configured database is meant.
        replace: whether the rows of the target may be replaced.

    Raises:
        PartsearchError: the copy failed. No row of the target has changed; its tables may have been created.
    """
    report, commit = CopyReport(), Commit()
    with ExitStack() as stack:
        try:
            stack.enter_context(termination_signals_interrupt())
            endpoints = parse_endpoints(source, target, settings)
            _require_reachable(endpoints, settings, report, stack)
            copied = _copy(*endpoints, settings, report, commit, replace=replace)
            _refresh_statistics(endpoints[1], copied, report)
            report.summary(copied)
            _build_totals(endpoints[1], report)
        except KeyboardInterrupt:
            raise commit.interruption() from None


def _require_reachable(
    endpoints: tuple[Endpoint, Endpoint], settings: Settings, report: CopyReport, stack: ExitStack
) -> None:
    if endpoints[0].is_embedded and not embedded.is_initialised(settings.partsearch_home):
        raise EndpointError(
            f"FROM is the embedded PostgreSQL, and {settings.partsearch_home} has none.",
            "Set PARTSEARCH_HOME to the home that has it.",
        )
    if any(endpoint.is_embedded for endpoint in endpoints):
        stack.enter_context(embedded_server(settings, report.say))
    for endpoint in endpoints:
        require_awake(endpoint.address)
        report.say(f"{endpoint.role}: {endpoint.shown()}")


def _copy(
    source_endpoint: Endpoint,
    target_endpoint: Endpoint,
    settings: Settings,
    report: CopyReport,
    commit: Commit,
    *,
    replace: bool,
) -> dict[str, int]:
    with (
        CopyConnection.open(source_endpoint, is_source=True) as source,
        CopyConnection.open(target_endpoint, is_source=False) as target,
    ):
        source.begin()
        target.begin()
        _require_distinct(source, target)
        schema.require_schema(source)
        is_complete = not schema.missing_migrations(target)
        if not replace:
            target_tables.require_empty(target)
        target.commit()
        if not is_complete:
            report.say("Migrating the tables of TO.")
            schema.migrate(target_endpoint, settings)
        target.begin()
        if not replace:
            target_tables.require_empty(target)
        copied = _load(source, target, report)
        commit.run(target)
        return copied


def _require_distinct(source: CopyConnection, target: CopyConnection) -> None:
    """Raise EndpointError if both are one database: then a lock taken through one is visible through the other.

    System identifiers do not help: a Neon branch has those of its parent, and is another database.
    """
    key = [secrets.randbits(31), secrets.randbits(31)]
    target.run("SELECT pg_advisory_xact_lock(%s, %s)", key)
    if source.value(
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        " WHERE locktype = 'advisory' AND datname = current_database() AND classid = %s AND objid = %s)",
        key,
    ):
        raise same_database_error()


def _load(source: CopyConnection, target: CopyConnection, report: CopyReport) -> dict[str, int]:
    """Replace the rows of the target by those of the source; other sessions see nothing before the commit."""
    tables = common_tables(source, target)
    target_tables.lock_tables(target, tables)
    has_parts = target_tables.has_parts(target)
    target.run("SET CONSTRAINTS ALL IMMEDIATE")
    triggers = target_tables.disable_triggers(target, tables)
    target_tables.delete_rows(target, tables)
    target_tables.clear_totals(target)
    indexes = [] if has_parts else target_tables.drop_indexes(target)
    for table in tables:
        with report.table(table.name, rows.count(source, table)) as advance:
            rows.copy(source, target, table, advance)
    for number, definition in enumerate(indexes, 1):
        report.say(f"Creating index {number} of {len(indexes)}.")
        target_tables.create_index(target, definition)
    target_tables.enable_triggers(target, triggers)
    target_tables.notify_listeners(target)
    restart_sequences(source, target, tables)
    report.say("Checking.")
    return {table.name: rows.compare(source, target, table) for table in tables}


def _build_totals(endpoint: Endpoint, report: CopyReport) -> None:
    """Build the planes of the copied parts.

    The copy is complete by now. If this fails, the services do it while people search.
    """
    try:
        rebuild_totals(endpoint.address)
    except PartsearchError as error:
        report.say(
            f"The copy is complete. Its totals are not built: {endpoint.without_password(str(error))}"
            " The services do it while people search."
        )


def _refresh_statistics(endpoint: Endpoint, copied: dict[str, int], report: CopyReport) -> None:
    """Vacuum and analyze the tables: index-only scans rely on the visibility map.

    The copy is complete by now. If this fails, autovacuum does it later.
    """
    report.say("Refreshing the statistics.")
    names = sql.SQL(", ").join(map(sql.Identifier, copied))
    try:
        with CopyConnection.open(endpoint, is_source=False) as target, target.time_limit(STATEMENT_SECONDS):
            target.connection.autocommit = True
            target.connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(names))
    except (CopyError, psycopg.Error) as error:
        report.say(
            f"The copy is complete. Its statistics are not refreshed: {first_line(error)}. Autovacuum will do it."
        )
