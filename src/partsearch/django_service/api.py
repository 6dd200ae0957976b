"""The addresses of the API, which pages, sessions and logins have nothing to do with."""

from partsearch.django_service.responses import View
from partsearch.django_service.views import health, lists, search_part

API_VIEWS: dict[str, View] = {
    "search/part/": search_part.search_part,
    "mark/": lists.marks,
    "model/": lists.models,
    "healthz": health.healthz,
    "readyz": health.readyz,
}
"""The view of each address, as the URL configuration has them too."""
