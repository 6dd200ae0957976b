"""``/search/part/live/``: the socket of live search."""

from http import HTTPStatus

from fastapi import APIRouter, Response, WebSocket

from partsearch.contract.errors import ProblemError
from partsearch.fastapi_service.http.headers import is_own_origin
from partsearch.fastapi_service.http.responses import problem_response
from partsearch.fastapi_service.live.service import LiveSearch

LIVE_URL = "/search/part/live/"

router = APIRouter(tags=["search"])


@router.head(LIVE_URL, include_in_schema=False)
@router.get(LIVE_URL, include_in_schema=False)
async def without_upgrade() -> Response:
    """Raise 426 for a request that does not open a WebSocket."""
    raise ProblemError(
        HTTPStatus.UPGRADE_REQUIRED,
        "This address accepts WebSocket connections only.",
        headers={"Upgrade": "websocket", "Connection": "Upgrade"},
    )


@router.websocket(LIVE_URL)
async def live_search(websocket: WebSocket) -> None:
    """Answer each search that the client sends, and again whenever its answer changes."""
    live: LiveSearch = websocket.app.state.live
    address = websocket.client.host if websocket.client else ""
    try:
        _require_own_origin(websocket.headers.get("origin"))
        with live.per_address.counted(address):
            await live.serve(websocket)
    except ProblemError as problem:
        await websocket.send_denial_response(problem_response(problem))


def _require_own_origin(origin: str | None) -> None:
    """Raise 403 for a page of another site. A browser opens sockets for any page and sends the page's origin."""
    if origin is not None and not is_own_origin(origin):
        raise ProblemError(HTTPStatus.FORBIDDEN, "The page is of a host that is not among ALLOWED_HOSTS.")
