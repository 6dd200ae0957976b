"""``/healthz`` and ``/readyz``: whether the process lives, and whether it can serve."""

from django.http import HttpRequest, HttpResponse

from partsearch.contract.answer import HEALTHY
from partsearch.database.schema import require_migrated
from partsearch.django_service import queries
from partsearch.django_service.reading import primary, read
from partsearch.django_service.responses import answers, json_response


@answers("GET")
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The process is alive; the database is not asked."""
    return json_response(HEALTHY)


@answers("GET")
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The process can serve: the database answers and has the schema of this release."""
    raise_if_not_ready()
    return json_response(HEALTHY)


def raise_if_not_ready() -> None:
    """Raise 503 if the process cannot serve. A suspended database stays suspended: the last known state counts.

    Raises:
        DatabaseUnavailableError: the database is out of reach, or its schema is not that of this release.
    """
    readiness = primary().readiness
    if not readiness.must_ask():
        readiness.require_available()
        return
    require_migrated(read(queries.has_needed_migration))
    readiness.confirm()
