"""The API of the Django service: one view a file, and the address of each view."""

import re
from functools import partial

from partsearch.django_service.http.responses import View
from partsearch.django_service.views import export_parts, health, lists, part, search_part, suggest

API_VIEWS: dict[str, View] = {
    "search/part/": search_part.search_part,
    "search/part/export/": export_parts.export_parts,
    "suggest/": suggest.suggestions,
    "mark/": lists.marks,
    "model/": lists.models,
    "healthz": health.healthz,
    "readyz": health.readyz,
}
"""The view of each address. The URL configuration and the middleware ``api_first`` both use it."""

PART_ADDRESS = "part/<str:written_id>/"
"""The addresses of the parts. ``part.one_part`` is their view."""

_PART_PATH = re.compile("/part/([^/]+)/")
_VIEWS_BY_PATH = {f"/{address}": view for address, view in API_VIEWS.items()}


def api_view(path: str) -> View | None:
    """Return the view of a path, or None if the path is none of the API."""
    view = _VIEWS_BY_PATH.get(path)
    if view is not None:
        return view
    of_part = _PART_PATH.fullmatch(path)
    return partial(part.one_part, written_id=of_part[1]) if of_part else None
