"""``/search/part/``: the search, as JSON in the body of a POST or in the query string of a GET."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from partsearch.contract import limits, schema
from partsearch.contract.client_networks import network_of
from partsearch.contract.errors import too_large
from partsearch.contract.request import reading
from partsearch.contract.request.search import Search
from partsearch.fastapi_service.answers import finds_nothing, read_answer
from partsearch.fastapi_service.http.client_disconnect import CancelledOnDisconnect
from partsearch.fastapi_service.http.responses import json_response


class PlainRoute(APIRoute):
    """A route whose function reads the request and returns the response without FastAPI's dependency system.

    FastAPI would solve dependencies, parse the body, serialize the response, and keep exit stacks. The search uses none
    of these.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.app = self._serve

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        response: Response = await self.endpoint(Request(scope, receive))
        await response(scope, receive, send)


# Routes are tried one after the other: the most frequent ones come first.
router = APIRouter(tags=["search"], route_class=PlainRoute)

_ANSWERS = {"200": schema.describe_answer()}
_BY_QUERY = {
    "parameters": schema.describe_query_parameters(),
    "responses": _ANSWERS | {str(status): schema.describe_problem(status) for status in (400, 405, 422, 429, 503)},
}
_BY_BODY = {
    "requestBody": schema.describe_search_body(),
    "responses": _ANSWERS
    | {str(status): schema.describe_problem(status) for status in (400, 405, 413, 415, 422, 429, 503)},
}


@router.post("/search/part/", openapi_extra=_BY_BODY, response_class=Response, summary="Search")
async def search_by_body(request: Request) -> Response:
    """A page of parts, with the exact count and the exact sum of all that match.

    All given fields must hold together. Text is compared ignoring case, ё as е, and runs of white space.
    """
    reading.check_content_type(request.headers.get("content-type", ""))
    reading.check_content_encoding(request.headers.get("content-encoding"))
    reading.check_content_length(request.headers.get("content-length"))
    return await _answer(request, reading.search_from_body(await _body(request)))


@router.head("/search/part/", include_in_schema=False)
@router.get("/search/part/", openapi_extra=_BY_QUERY, response_class=Response, summary="Search by query string")
async def search_by_query(request: Request) -> Response:
    """The same search from the query string: lists by repeating the name, params as `params.KEY=VALUE`."""
    return await _answer(request, reading.search_from_query(request.scope["query_string"]))


async def _answer(request: Request, search: Search) -> Response:
    state = request.app.state
    state.folding.notice_search()
    address = request.scope["client"]
    client = network_of(address[0]) if address else None
    with CancelledOnDisconnect(request.scope):
        understood = await state.typed_texts.understood(search, client)
        found = await read_answer(state.database, search, understood, client)
    is_corrected = state.typed_texts.known.is_complete
    if search.q is not None and search.has_q_alone and is_corrected and finds_nothing(found):
        state.missed_searches.record(search.q)
    return json_response(found)


async def _body(request: Request) -> bytes:
    """Return the body, or raise 413 as soon as it is over the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limits.BODY_BYTES:
            raise too_large(limits.BODY_BYTES)
    return bytes(body)
