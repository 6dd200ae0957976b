"""``/healthz`` and ``/readyz``: whether the process is alive, and whether it can serve."""

from fastapi import APIRouter, Request, Response

from partsearch.contract import schema
from partsearch.contract.answer.rendering import HEALTHY, JSON_CONTENT_TYPE
from partsearch.database.progress import search_progress
from partsearch.database.schema import require_migrated
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.database import Database, DatabaseWithReplica
from partsearch.fastapi_service.http.client_disconnect import CancelledOnDisconnect
from partsearch.fastapi_service.http.responses import json_response

router = APIRouter(tags=["health"])

_HEALTHY = {"description": "Yes.", "content": {JSON_CONTENT_TYPE: {"example": {"status": "ok"}}}}
_RESPONSES = {"responses": {"200": _HEALTHY, "405": schema.describe_problem(405), "503": schema.describe_problem(503)}}


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", openapi_extra=_RESPONSES, response_class=Response, summary="Is the process alive?")
async def healthz() -> Response:
    """The process is alive and completes the searches that it receives. The database is not queried."""
    search_progress.require_progress()
    return json_response(HEALTHY)


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", openapi_extra=_RESPONSES, response_class=Response, summary="Can it serve?")
async def readyz(request: Request) -> Response:
    """The process can serve: the database answers and has the schema of this release."""
    with CancelledOnDisconnect(request.scope):
        await raise_if_not_ready(request.app.state.database)
    return json_response(HEALTHY)


async def raise_if_not_ready(database: Database | DatabaseWithReplica) -> None:
    """Raise 503 if the process cannot serve. A database that sleeps stays asleep: the last known state counts.

    Raises:
        ProblemError: the database is out of reach, or its schema is not that of this release.
    """
    readiness = database.readiness
    if not readiness.must_ask():
        readiness.require_available()
        return
    require_migrated(await database.read(composer.has_needed_migration()))
    readiness.confirm()
