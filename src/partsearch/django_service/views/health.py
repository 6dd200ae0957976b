"""``/healthz`` and ``/readyz``: whether the process lives, and whether it can serve."""

from django.http import HttpRequest, HttpResponse

from partsearch.contract.answer import HEALTHY
from partsearch.contract.errors import DatabaseUnavailableError
from partsearch.database.readiness import schema_fault
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
    fault = readiness_fault()
    if fault:
        raise DatabaseUnavailableError(fault)
    return json_response(HEALTHY)


def readiness_fault() -> str | None:
    """Why the process cannot serve. A database that sleeps is not woken to find out.

    Raises:
        ProblemError: 503 where the database is out of reach.
    """
    readiness = primary().readiness
    if not readiness.must_ask():
        return readiness.known_fault()
    fault = schema_fault(read(queries.has_needed_migration))
    if fault is None:
        readiness.confirm()
    return fault
