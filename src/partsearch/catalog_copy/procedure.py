"""A copy from end to end: one snapshot of the source becomes one transaction of the target."""

import secrets
from contextlib import ExitStack

import psycopg
from psycopg import sql

from partsearch.catalog_copy import room, rows, schema
from partsearch.catalog_copy.embedded_server import embedded_server
from partsearch.catalog_copy.errors import CopyError, PlaceError
from partsearch.catalog_copy.outcome import Outcome
from partsearch.catalog_copy.place import Place, named_places, same_database
from partsearch.catalog_copy.report import Report
from partsearch.catalog_copy.side import STATEMENT_SECONDS, Side
from partsearch.catalog_copy.tables import carry_on_counters, common_tables
from partsearch.database import embedded
from partsearch.database.driver_errors import first_line
from partsearch.database.reachability import require_awake
from partsearch.settings import Settings
from partsearch.system.signals import termination_signals_interrupt


def copy_database(source: str, target: str, settings: Settings, *, replace: bool) -> None:
    """Copies the whole catalog, and the accounts of its admin, from one database to another.

    Args:
        source: FROM: ``embedded``, ``configured``, an address, or ``env:NAME``.
        target: TO: the same.
        settings: of the site whose embedded or configured database is meant.
        replace: whether rows of the target may be replaced.

    Raises:
        PartsearchError: says why not. Nothing of the target was changed then, but that it may have got its tables.
    """
    report, outcome = Report(), Outcome()
    with ExitStack() as stack:
        try:
            stack.enter_context(termination_signals_interrupt())
            places = named_places(source, target, settings)
            _make_reachable(places, settings, report, stack)
            copied = _copy(*places, settings, report, outcome, replace=replace)
            _refresh_statistics(places[1], copied, report)
        except KeyboardInterrupt:
            raise outcome.interrupted() from None
    report.summary(copied)


def _make_reachable(places: tuple[Place, Place], settings: Settings, report: Report, stack: ExitStack) -> None:
    if places[0].is_embedded and not embedded.is_initialised(settings.partsearch_home):
        raise PlaceError(
            f"FROM is the embedded PostgreSQL, and there is none in {settings.partsearch_home}.",
            "Point PARTSEARCH_HOME at the home that has it.",
        )
    if any(place.is_embedded for place in places):
        stack.enter_context(embedded_server(settings, report.say))
    for place in places:
        require_awake(place.address)
        report.say(f"{place.role}: {place.shown()}")


def _copy(
    source_place: Place, target_place: Place, settings: Settings, report: Report, outcome: Outcome, *, replace: bool
) -> dict[str, int]:
    with (
        Side.connected(source_place, is_source=True) as source,
        Side.connected(target_place, is_source=False) as target,
    ):
        source.begin()
        target.begin()
        _require_two(source, target)
        schema.require_schema(source)
        is_complete = not schema.missing_migrations(target)
        if not replace:
            room.require_empty(target)
        target.commit()
        if not is_complete:
            report.say("Bringing the tables of TO up to date.")
            schema.migrate(target_place, settings)
        target.begin()
        if not replace:
            room.require_empty(target)
        copied = _load(source, target, report)
        outcome.keep(target)
        return copied


def _require_two(source: Side, target: Side) -> None:
    """Raises where both are one database, whatever names it goes by: a lock of one is then seen by the other.

    A branch of Neon has the identifiers of the database that it branched off from, and is another one all the same.
    """
    key = [secrets.randbits(31), secrets.randbits(31)]
    target.run("SELECT pg_advisory_xact_lock(%s, %s)", key)
    if source.value(
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        " WHERE locktype = 'advisory' AND datname = current_database() AND classid = %s AND objid = %s)",
        key,
    ):
        raise same_database()


def _load(source: Side, target: Side, report: Report) -> dict[str, int]:
    """What is in the target goes, what is at the source comes; nobody else sees any of it before it is kept."""
    tables = common_tables(source, target)
    room.hold(target, tables)
    has_parts = room.has_parts(target)
    target.run("SET CONSTRAINTS ALL IMMEDIATE")
    triggers = room.switch_triggers_off(target, tables)
    room.empty(target, tables)
    indexes = [] if has_parts else room.take_indexes_away(target)
    for table in tables:
        with report.table(table.name, rows.count(source, table)) as advance:
            rows.copy(source, target, table, advance)
    for number, definition in enumerate(indexes, 1):
        report.say(f"Making index {number} of {len(indexes)}.")
        room.make_index(target, definition)
    room.switch_triggers_on(target, triggers)
    room.tell_listeners(target)
    carry_on_counters(source, target, tables)
    report.say("Checking.")
    return {table.name: rows.compare(source, target, table) for table in tables}


def _refresh_statistics(place: Place, copied: dict[str, int], report: Report) -> None:
    """Has PostgreSQL look at the tables anew, and note which pages all can see: searches in an index rely on that.

    The copy is done by now. Where this fails, autovacuum does it a little later.
    """
    report.say("Refreshing the statistics.")
    names = sql.SQL(", ").join(map(sql.Identifier, copied))
    try:
        with Side.connected(place, is_source=False) as target, target.limit(STATEMENT_SECONDS):
            target.connection.autocommit = True
            target.connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(names))
    except (CopyError, psycopg.Error) as error:
        report.say(f"The copy is complete, but not its statistics: {first_line(error)}. Autovacuum will see to them.")
