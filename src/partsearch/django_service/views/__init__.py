"""The API of the Django service: one view a file, and the address of each view."""

from partsearch.django_service.responses import View
from partsearch.django_service.views import export_parts, health, lists, search_part

API_VIEWS: dict[str, View] = {
    "search/part/": search_part.search_part,
    "search/part/export/": export_parts.export_parts,
    "mark/": lists.marks,
    "model/": lists.models,
    "healthz": health.healthz,
    "readyz": health.readyz,
}
"""The view of each address. The URL configuration and the middleware ``api_first`` both use it."""
