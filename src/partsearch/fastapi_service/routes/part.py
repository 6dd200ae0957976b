"""``/part/17/``: one shown part, with the times when it was added and changed."""

from fastapi import APIRouter, Request, Response

from partsearch.contract import schema
from partsearch.contract.client_networks import network_of
from partsearch.contract.errors import not_found
from partsearch.contract.request import reading
from partsearch.fastapi_service import composer
from partsearch.fastapi_service.http.client_disconnect import CancelledOnDisconnect
from partsearch.fastapi_service.http.responses import json_response
from partsearch.fastapi_service.routes.search_part import PlainRoute

router = APIRouter(tags=["search"], route_class=PlainRoute)

_PART = {
    "parameters": [schema.describe_part_id()],
    "responses": {"200": schema.describe_part()}
    | {str(status): schema.describe_problem(status) for status in (404, 405, 422, 429, 503)},
}


@router.head("/part/{part_id}/", include_in_schema=False)
@router.get("/part/{part_id}/", openapi_extra=_PART, response_class=Response, summary="One part")
async def one_part(request: Request) -> Response:
    """A part as in the answer to a search, with the times when it was added and last changed."""
    reading.check_no_fields(request.scope["query_string"], "part")
    part_id = reading.part_id_from_path(request.scope["path_params"]["part_id"])
    if part_id is None:
        raise not_found()
    client = request.scope["client"]
    with CancelledOnDisconnect(request.scope):
        statement = composer.part(part_id)
        found: str | None = await request.app.state.database.read(statement, network_of(client[0]) if client else None)
    if found is None:
        raise not_found()
    return json_response(found.encode())
