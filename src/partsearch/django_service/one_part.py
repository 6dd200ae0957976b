"""One part by its id, with the ORM alone; ``fastapi_service/queries/part.sql`` is the same query in SQL."""

from typing import Any

from django.db.models import BigIntegerField

from partsearch.contract.answer.rendering import time_text
from partsearch.django_service.filters import matching_parts
from partsearch.django_service.found_parts import PART_COLUMNS, FoundPart
from partsearch.django_service.statements.compiled_query import CompiledQuery, Parameter

_part = CompiledQuery(
    matching_parts(["shown"])
    .filter(id=Parameter("id", BigIntegerField()))
    .values_list(*PART_COLUMNS, "created_at", "updated_at")
)


def find_part(part_id: int) -> dict[str, Any] | None:
    """Return the part in the form of the contract, or None if no part that is shown has the id."""
    rows = _part.rows({"id": part_id})
    if not rows:
        return None
    *columns, created_at, updated_at = rows[0]
    times = {"created_at": time_text(created_at), "updated_at": time_text(updated_at)}
    return {**FoundPart(*columns).as_answer(), **times}
