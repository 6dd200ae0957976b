"""The parts of an export, read through the ORM from a connection of their own.

``fastapi_service/queries/export_parts.sql`` is the same query in SQL.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

from django.db import connections, transaction
from django.db.models import Count, F, Func, Max, Subquery, Sum, TextField, Value
from django.db.models.functions import Cast, Concat, Length

from partsearch.catalog.models import CatalogKey
from partsearch.contract import limits
from partsearch.contract.exported_list.columns import ESCAPED
from partsearch.contract.exported_list.formats import ExportFormat, list_writer
from partsearch.contract.exported_list.part import ExportedPart
from partsearch.contract.filters.by_name import filters_of
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.export import ExportRequest, check_fits
from partsearch.database.export_transaction import export_transaction
from partsearch.database.watchdog import Watchdog, shut_down
from partsearch.django_service.filters import matching_parts
from partsearch.django_service.http.client import current_client
from partsearch.django_service.statements.compiled_query import CompiledQuery

EXPORTS = "exports"
"""The service's connection for exports. A command has only its own, ``default``."""

_MARGIN_SECONDS = 1.0
_CANCEL_SECONDS = 1.0
_QUERIES_KEPT = 64
_TEXT = TextField()
_JSON_TEXT = Cast("json_data", _TEXT)
_NOT_ESCAPED = Func(_JSON_TEXT, Value(ESCAPED), Value(""), function="translate", output_field=_TEXT)
_CHARACTERS = Length(_JSON_TEXT) * 6 - Length(_NOT_ESCAPED) * 5
"""How many characters a spreadsheet needs for ``json_data``: an escaped one is six."""

_COLUMNS = (
    Concat(Cast("id", _TEXT), Value("@"), Subquery(CatalogKey.objects.values("key")[:1]), output_field=_TEXT),
    F("name"),
    F("mark__name"),
    F("model__name"),
    Cast(Func("price", function="trim_scale"), _TEXT),
    _JSON_TEXT,
)

_watchdog = Watchdog()


class ExportTimeoutError(Exception):
    """An export has taken longer than it may in all."""


def exported_batches(
    export: ExportRequest,
    alias: str,
    seconds: float = limits.EXPORT_SECONDS,
    idle_seconds: float | None = None,
    understood: Understood | None = None,
) -> Iterator[list[ExportedPart]]:
    """Yield all parts that an export finds, in the order of their ids, from one snapshot of the data.

    The connection is closed at the end, also if the caller stops before.

    Args:
        export: what is exported.
        alias: the connection, which has no other use meanwhile.
        seconds: how long all of it may take.
        idle_seconds: how long the caller may pause between two batches; absent, that of a service.
        understood: what the ``q`` of the search means; None if it has none.

    Raises:
        ProblemError: 422, the result does not fit into the format.
        ExportTimeoutError: it takes longer than ``seconds``.
        DatabaseError: of Django.
    """
    deadline = time.monotonic() + seconds
    filters = filters_of(export.search, understood)
    with _snapshot(alias, export_transaction() if idle_seconds is None else export_transaction(idle_seconds)):
        if export.format is ExportFormat.XLSX:
            with _time_limit(alias):
                (size,) = _size(filters.names).rows(filters.values, alias)
            check_fits(*size)
        with _time_limit(alias):
            batches = _parts(filters.names).batches(filters.values, alias, limits.EXPORT_BATCH)
        while True:
            with _time_limit(alias):
                batch = next(batches, None)
            if batch is None:
                return
            if time.monotonic() > deadline:
                raise ExportTimeoutError(f"It takes longer than {seconds:g} s")
            yield list(map(ExportedPart._make, batch))


def exported_pieces(export: ExportRequest, alias: str, understood: Understood | None = None) -> Iterator[bytes]:
    """Yield the bytes of an exported list. The first piece comes when the first parts have been found.

    Raises:
        ProblemError, ExportTimeoutError, DatabaseError: see ``exported_batches``.
    """
    writer = list_writer(export.format)
    beginning = writer.begin()
    for batch in exported_batches(export, alias, understood=understood):
        yield beginning + writer.rows(batch)
        beginning = b""
    yield beginning + writer.end()


@lru_cache(_QUERIES_KEPT)
def _parts(filters: tuple[str, ...]) -> CompiledQuery:
    return CompiledQuery(matching_parts(filters).order_by("id").values_list(*_COLUMNS))


@lru_cache(_QUERIES_KEPT)
def _size(filters: tuple[str, ...]) -> CompiledQuery:
    sizes = (Count("id"), Max("characters"), Sum("characters"))
    parts = matching_parts(filters).annotate(characters=_CHARACTERS)
    return CompiledQuery(parts.values(all_together=Value(1)).values_list(*sizes))


@contextmanager
def _snapshot(alias: str, statements: Iterable[str]) -> Iterator[None]:
    connection = connections[alias]
    try:
        with transaction.atomic(using=alias):
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
            yield
    finally:
        connection.close()


@contextmanager
def _time_limit(alias: str) -> Iterator[None]:
    """Limit one step at the database. PostgreSQL has the limit itself; the watchdog is for one that is silent."""
    driver: Any = connections[alias].connection
    seconds = limits.EXPORT_STATEMENT_SECONDS + _MARGIN_SECONDS
    with (
        _watchdog.limit(seconds, partial(shut_down, driver.fileno())),
        current_client().running_statement(partial(driver.cancel_safe, timeout=_CANCEL_SECONDS)),
    ):
        yield
