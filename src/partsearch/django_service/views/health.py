"""``/healthz`` and ``/readyz``: whether the process is alive, and whether it can serve."""

from django.http import HttpRequest, HttpResponse

from partsearch.contract.answer.rendering import HEALTHY
from partsearch.database.schema import require_migrated
from partsearch.django_service import queries
from partsearch.django_service.database.reader import primary, read
from partsearch.django_service.http.responses import answers, json_response


@answers("GET")
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return 200: the process is alive. The database is not asked."""
    return json_response(HEALTHY)


@answers("GET")
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return 200 if the process can serve: the database answers and has the schema of this release."""
    raise_if_not_ready()
    return json_response(HEALTHY)


def raise_if_not_ready() -> None:
    """Raise 503 if the process cannot serve. A database that sleeps stays asleep: the last known state counts.

    Raises:
        DatabaseUnavailableError: the database is out of reach, or its schema is not that of this release.
    """
    readiness = primary().readiness
    if not readiness.must_ask():
        readiness.require_available()
        return
    require_migrated(read(queries.has_needed_migration))
    readiness.confirm()
