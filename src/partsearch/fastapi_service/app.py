"""The FastAPI service as an ASGI application."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match, Route

from partsearch.contract.errors import (
    ProblemError,
    internal_error,
    method_not_allowed,
    not_found,
    not_json,
    rejected_request,
)
from partsearch.database.address.configured import database_address, direct_database_address, replica_database_address
from partsearch.database.connections import connections_per_worker
from partsearch.database.missed_searches import MissedSearches
from partsearch.fastapi_service.database import Database, DatabaseWithReplica, open_to
from partsearch.fastapi_service.exports import Exports
from partsearch.fastapi_service.http.docs_page import FILES_URL, add_docs_page
from partsearch.fastapi_service.http.headers import ContractHeaders, contract_headers, request_id_of
from partsearch.fastapi_service.http.responses import problem_response
from partsearch.fastapi_service.live.service import LiveSearch
from partsearch.fastapi_service.routes import export_parts, health, live, part, search_part, suggest
from partsearch.fastapi_service.typed.dictionary_source import DictionarySource
from partsearch.fastapi_service.typed.suggestions import Suggestions
from partsearch.fastapi_service.typed.texts import TypedTexts
from partsearch.settings import settings
from partsearch.system.garbage_collection import freeze_startup_objects
from partsearch.totals.folding import site_folding
from partsearch.understanding.keeper import DictionaryKeeper

logger = logging.getLogger(__name__)

_DESCRIPTION = (
    "Spare parts for cars, by mark, model, part name, colour, condition and price. "
    "Two services give the same answers by this contract; this document describes both."
)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    logging.captureWarnings(capture=True)
    database = open_to(
        database_address(),
        replica_database_address(),
        connections_per_worker(),
        settings().partsearch_address_searches,
        settings().partsearch_query_seconds,
    )
    await database.open()
    app.state.database = database
    keeper = DictionaryKeeper(DictionarySource(database, database.primary))
    app.state.typed_texts = TypedTexts(database, keeper)
    app.state.missed_searches = MissedSearches(direct_database_address())
    app.state.suggestions = Suggestions(database, app.state.typed_texts)
    app.state.exports = Exports(direct_database_address(), app.state.typed_texts)
    app.state.folding = site_folding()
    app.state.live = LiveSearch(
        database.primary,
        TypedTexts(database.primary, keeper),
        direct_database_address(),
        settings(),
        app.state.folding.notice_search,
    )
    first_check = asyncio.create_task(_check_readiness(database)) if database_address().can_sleep else None
    async with app.state.live.running():
        freeze_startup_objects()
        yield
    if first_check:
        first_check.cancel()
    keeper.stop()
    await asyncio.to_thread(app.state.missed_searches.stop)
    await asyncio.to_thread(app.state.folding.stop)
    await database.close()


async def _check_readiness(database: Database | DatabaseWithReplica) -> None:
    """Query the database while it is awake, so that no later probe has to wake it."""
    with suppress(ProblemError):
        await health.raise_if_not_ready(database)


async def _on_problem(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, ProblemError)  # noqa: S101
    return problem_response(problem)


async def _on_http_error(request: Request, error: Exception) -> Response:
    """Return the error of the router as problem details: an unknown address, or a method that an address lacks."""
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return problem_response(method_not_allowed(_methods_of(request)))
    if error.status_code == HTTPStatus.NOT_FOUND:
        return problem_response(not_found())
    return problem_response(rejected_request(HTTPStatus(error.status_code)))


async def _on_disconnect(_request: Request, _error: Exception) -> Response:
    """Return an answer that no client reads: the client disconnected during its body or its search."""
    return problem_response(not_json("The body is not whole."))


async def _on_unexpected_error(request: Request, error: Exception) -> Response:
    own_id = request_id_of(request.scope)
    fields = {"request_id": own_id, "method": request.method, "path": request.url.path}
    logger.error("Request failed", exc_info=error, extra=fields)
    answer = problem_response(internal_error())
    # This answer does not pass through the middleware.
    answer.headers.update(contract_headers(own_id))
    return answer


def _methods_of(request: Request) -> list[str]:
    """Return the methods of the address, by matching each against the routes, which may be nested in routers."""
    methods = [
        method
        for method in ("GET", "POST", "HEAD")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]
    return methods or _METHODS_OF_FILES


_METHODS_OF_FILES = ["GET", "HEAD"]
"""The methods of mounted files, which are no routes."""


def _add_head_to_get(app: FastAPI) -> None:
    """Make the pages that come with FastAPI answer HEAD too."""
    for route in app.routes:
        if isinstance(route, Route) and route.methods and "GET" in route.methods:
            route.methods.add("HEAD")


def create_app() -> FastAPI:
    """Return the application with its settings from the environment."""
    app = FastAPIOffline(
        title="partsearch",
        version=settings().release(),
        description=_DESCRIPTION,
        lifespan=_lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        static_url=FILES_URL,
        # Otherwise each request looks for settings of OpenTelemetry in the environment.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        exception_handlers={
            ProblemError: _on_problem,
            HTTPException: _on_http_error,
            ClientDisconnect: _on_disconnect,
            Exception: _on_unexpected_error,
        },
    )
    add_docs_page(app)
    _add_head_to_get(app)
    # Routes are tried one after the other. The routes of an included router are tried twice.
    app.router.routes[:0] = [
        route for module in (search_part, suggest, part, export_parts) for route in module.router.routes
    ]
    app.include_router(live.router)
    app.include_router(health.router)
    app.add_middleware(ContractHeaders, release=settings().release(), allowed_hosts=settings().allowed_hosts)
    return app
