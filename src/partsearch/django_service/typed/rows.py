"""The rows that the dictionary of a process is made from, read with the ORM alone.

``fastapi_service/queries/new_words.sql`` and ``known_names.sql`` have the same queries in SQL, ``running_writers.sql``
those of ``locks.py``.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField, Count, Func, Sum
from django.db.models import Model as Table

from partsearch.catalog.models import Mark, Model, Synonym, TotalsKey
from partsearch.catalog.vehicle_alias import SEPARATOR, VehicleAlias
from partsearch.catalog.vehicle_names.known_rows import AliasRow, known_vehicles
from partsearch.understanding.dictionary import SynonymRow, VehicleRow

_ALIAS = ("mark", "model", "alias", "alias_key", "is_active", "use", "country", "shipped_key", "shipped_values")


class RowVersion(Func):
    """A number that differs for each version of a row: a changed row has the id of another transaction."""

    function = "hashint8extended"
    template = "%(function)s(%(expressions)s, xmin::text::bigint)"
    output_field: Any = BigIntegerField()


def new_words(last_key: int, most: int) -> Sequence[tuple[int, str]]:
    """Return the first words of names behind the key ``last_key``, at most ``most``."""
    words = TotalsKey.objects.filter(attribute="word", id__gt=last_key).order_by("id")
    return list(words.values_list("id", "value")[:most])


def version() -> str:
    """Return a text that differs if any row of the small tables does."""
    return " ".join(_version(table) for table in (Mark, Model, Synonym, VehicleAlias))


def _version(table: type[Table]) -> str:
    found = table._default_manager.aggregate(rows=Count("*"), versions=Sum(RowVersion("id")))
    return f"{found['rows']}:{found['versions']}"


def shown_vehicles() -> tuple[list[VehicleRow], list[VehicleRow]]:
    """Return the visible marks, and the visible models of visible marks, with their aliases, in the order of ids."""
    marks = Mark.objects.filter(is_visible=True).order_by("id").values_list("id", "name")
    models = Model.objects.filter(is_visible=True, mark__is_visible=True).order_by("id")
    rows = VehicleAlias.objects.order_by("id").values_list(*_ALIAS)
    return known_vehicles(list(marks), models.values_list("id", "name", "mark_id"), [_alias(*row) for row in rows])


def active_synonyms() -> list[SynonymRow]:
    """Return the synonyms that are not turned off, in the order of ids."""
    rows = Synonym.objects.filter(is_active=True).order_by("id")
    return [
        SynonymRow(written, kind, tuple(meanings), params)
        for written, kind, meanings, params in rows.values_list("written", "kind", "meanings", "params")
    ]


def _alias(  # the columns of a row
    mark: str,
    model: str,
    alias: str,
    alias_key: str,
    is_active: bool,  # noqa: FBT001
    use: str,
    country: str,
    shipped_key: str | None,
    shipped_values: str | None,
) -> AliasRow:
    is_shipped = shipped_key == SEPARATOR.join((mark, model, alias)) and shipped_values == SEPARATOR.join(
        (use, country)
    )
    return AliasRow(mark, model, alias, alias_key, is_active, is_shipped)
