"""The plain FastAPI service as an ASGI application."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import asyncpg
from fastapi import FastAPI, Request, Response

from partsearch.contract.errors import ProblemError, method_not_allowed, not_found
from partsearch.database.address.configured import database_address
from partsearch.database.connections import connections_per_worker
from partsearch.fastapi_service.http.headers import ContractHeaders
from partsearch.fastapi_service.http.responses import problem_response
from partsearch.fastapi_service.plain import search_part
from partsearch.settings import settings


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    address = database_address()
    async with asyncpg.create_pool(
        **address.asyncpg_arguments(),
        min_size=0,
        max_size=connections_per_worker(),
        statement_cache_size=0 if address.is_pooled else 100,
        server_settings=address.asyncpg_server_settings(),
        init=_decode_json,
    ) as pool:
        app.state.pool = pool
        yield


async def _decode_json(connection: Any) -> None:
    """Decode jsonb to Python objects with exact numbers."""
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=_loads, schema="pg_catalog")


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=Decimal, parse_float=Decimal)


async def _on_problem(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, ProblemError)  # noqa: S101
    return problem_response(problem)


async def _on_not_found(_request: Request, _error: Exception) -> Response:
    return problem_response(not_found())


async def _on_method_not_allowed(_request: Request, _error: Exception) -> Response:
    return problem_response(method_not_allowed(["GET", "POST", "HEAD"]))


def create_app() -> FastAPI:
    """Return the application, with its settings from the environment."""
    app = FastAPI(
        lifespan=_lifespan,
        redirect_slashes=False,
        exception_handlers={ProblemError: _on_problem, 404: _on_not_found, 405: _on_method_not_allowed},
    )
    app.include_router(search_part.router)
    app.add_middleware(ContractHeaders, release=settings().release(), allowed_hosts=settings().allowed_hosts)
    return app
