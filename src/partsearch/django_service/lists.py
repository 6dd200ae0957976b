"""The lists of marks and models that a search can be narrowed to. The FastAPI service has no counterpart."""

from typing import Any

from partsearch.catalog.models import Mark, Model


def shown_marks() -> list[dict[str, Any]]:
    """Return the shown marks by name, in the form of the contract."""
    shown = Mark.objects.filter(is_visible=True).order_by("name", "id")
    return [dict(row) for row in shown.values("id", "name", "producer_country_name")]


def shown_models(mark_id: int | None) -> list[dict[str, Any]]:
    """Return the shown models by name, of one mark or of all marks, in the form of the contract."""
    shown = Model.objects.filter(is_visible=True, mark__is_visible=True).order_by("name", "id")
    if mark_id is not None:
        shown = shown.filter(mark_id=mark_id)
    return [dict(row) for row in shown.values("id", "name", "mark_id")]
