"""``/search/part/live/``: the socket of live search."""

from http import HTTPStatus

from fastapi import APIRouter, Response, WebSocket

from partsearch.contract.errors import ProblemError
from partsearch.fastapi_service.headers import serves_origin
from partsearch.fastapi_service.live.service import LiveSearch
from partsearch.fastapi_service.responses import problem_response

LIVE_URL = "/search/part/live/"

router = APIRouter(tags=["search"])


@router.head(LIVE_URL, include_in_schema=False)
@router.get(LIVE_URL, include_in_schema=False)
async def without_upgrade() -> Response:
    """What a client gets that does not ask for a WebSocket."""
    raise ProblemError(
        HTTPStatus.UPGRADE_REQUIRED,
        "This address speaks WebSocket only.",
        headers={"Upgrade": "websocket", "Connection": "Upgrade"},
    )


@router.websocket(LIVE_URL)
async def live_search(websocket: WebSocket) -> None:
    """Searches as they are sent, and their answers whenever they change."""
    live: LiveSearch = websocket.app.state.live
    address = websocket.client.host if websocket.client else ""
    try:
        _require_own_origin(websocket.headers.get("origin"))
        with live.per_address.one_more(address):
            await live.serve(websocket)
    except ProblemError as problem:
        await websocket.send_denial_response(problem_response(problem))


def _require_own_origin(origin: str | None) -> None:
    """Refuses the pages of other sites: a browser opens sockets for any page, and says whose page it was."""
    if origin is not None and not serves_origin(origin):
        raise ProblemError(HTTPStatus.FORBIDDEN, "The page is of a host that is not among ALLOWED_HOSTS.")
