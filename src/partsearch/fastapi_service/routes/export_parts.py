"""``/search/part/export/``: all parts that a search finds, as a file."""

from fastapi import APIRouter, Request, Response

from partsearch.contract import schema
from partsearch.contract.request.export import export_from_query
from partsearch.fastapi_service.exports import ExportResponse
from partsearch.fastapi_service.routes.search_part import PlainRoute

router = APIRouter(tags=["search"], route_class=PlainRoute)

_EXPORT = {
    "parameters": schema.describe_export_parameters(),
    "responses": {"200": schema.describe_export()}
    | {str(status): schema.describe_problem(status) for status in (400, 405, 422, 429, 503)},
}


@router.head("/search/part/export/", include_in_schema=False)
@router.get("/search/part/export/", openapi_extra=_EXPORT, response_class=Response, summary="Export")
async def export_parts(request: Request) -> Response:
    """All parts that the filters find, as a file in the columns that `partsearch import` reads back exactly."""
    export = export_from_query(request.scope["query_string"])
    return ExportResponse(request.app.state.exports, export)
