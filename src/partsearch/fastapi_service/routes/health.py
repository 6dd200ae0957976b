"""``/healthz`` and ``/readyz``: whether the process lives, and whether it can serve."""

from fastapi import APIRouter, Request, Response

from partsearch.contract import schema
from partsearch.contract.answer import HEALTHY, JSON_CONTENT_TYPE
from partsearch.contract.errors import DatabaseUnavailableError
from partsearch.database.progress import search_progress
from partsearch.database.readiness import schema_fault
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.database import Database, DatabaseWithReplica
from partsearch.fastapi_service.leaving import GivenUpWithClient
from partsearch.fastapi_service.responses import json_response

router = APIRouter(tags=["health"])

_HEALTHY = {"description": "It does.", "content": {JSON_CONTENT_TYPE: {"example": {"status": "ok"}}}}
_RESPONSES = {"responses": {"200": _HEALTHY, "405": schema.describe_problem(405), "503": schema.describe_problem(503)}}


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", openapi_extra=_RESPONSES, response_class=Response, summary="Does the process live?")
async def healthz() -> Response:
    """The process is alive, and the searches that it was sent got through; the database is not asked."""
    fault = search_progress.fault()
    if fault:
        raise DatabaseUnavailableError(fault)
    return json_response(HEALTHY)


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", openapi_extra=_RESPONSES, response_class=Response, summary="Can it serve?")
async def readyz(request: Request) -> Response:
    """The process can serve: the database answers and has the schema of this release."""
    with GivenUpWithClient(request.scope):
        fault = await readiness_fault(request.app.state.database)
    if fault:
        raise DatabaseUnavailableError(fault)
    return json_response(HEALTHY)


async def readiness_fault(database: Database | DatabaseWithReplica) -> str | None:
    """Why the process cannot serve. A database that sleeps is not woken to find out.

    Raises:
        ProblemError: 503 where the database is out of reach.
    """
    readiness = database.readiness
    if not readiness.must_ask():
        return readiness.known_fault()
    fault = schema_fault(await database.read(composer.has_needed_migration()))
    if fault is None:
        readiness.confirm()
    return fault
