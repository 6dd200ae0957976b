"""``/suggest/``: what a person may be typing."""

from fastapi import APIRouter, Request, Response

from partsearch.contract import schema
from partsearch.contract.client_networks import network_of
from partsearch.contract.request.suggest import suggest_from_query, suggestions_answer
from partsearch.fastapi_service.http.client_disconnect import CancelledOnDisconnect
from partsearch.fastapi_service.http.responses import json_response
from partsearch.fastapi_service.routes.search_part import PlainRoute

router = APIRouter(tags=["search"], route_class=PlainRoute)

_SUGGEST = {
    "parameters": schema.describe_suggest_parameters(),
    "responses": {"200": schema.describe_suggestions()}
    | {str(status): schema.describe_problem(status) for status in (400, 405, 422, 429, 503)},
}


@router.head("/suggest/", include_in_schema=False)
@router.get("/suggest/", openapi_extra=_SUGGEST, response_class=Response, summary="Suggestions")
async def suggest(request: Request) -> Response:
    """Part numbers, marks, models and names that the text may become, each with the exact count of its search."""
    wanted = suggest_from_query(request.scope["query_string"])
    request.app.state.folding.notice_search()
    client = request.scope["client"]
    with CancelledOnDisconnect(request.scope):
        found = await request.app.state.suggestions.of(wanted, network_of(client[0]) if client else None)
    return json_response(suggestions_answer(found))
