"""``/search/part/`` with dependencies and pydantic models."""

from decimal import Decimal
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from partsearch.contract.request import reading
from partsearch.contract.request.search import Search
from partsearch.fastapi_service.plain.queries import Pool, find_parts


class Mark(BaseModel):
    """The mark of a part."""

    id: int
    name: str
    producer_country_name: str


class Model(BaseModel):
    """The model of a part."""

    id: int
    name: str


class Part(BaseModel):
    """A part on sale."""

    id: int
    mark: Mark
    model: Model
    name: str
    json_data: dict[str, Any]
    price: Decimal


class Answer(BaseModel):
    """A page of parts, with the count and the sum of all matches."""

    response: list[Part]
    count: int
    summ: Decimal


class ExactJSONResponse(JSONResponse):
    """JSON with exact decimals. Pydantic writes a decimal as a text, and Python's json does not write it at all."""

    def render(self, content: Any) -> bytes:
        """Return the model in ``content`` as JSON."""
        return orjson.dumps(content.model_dump(), default=_number)


def _number(value: Any) -> orjson.Fragment:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value)} is not a JSON value")
    return orjson.Fragment(f"{value:f}")


async def _search_in_body(request: Request) -> Search:
    """Return the search in the body, which the contract reads: pydantic would accept other requests than it does."""
    reading.check_content_type(request.headers.get("content-type", ""))
    reading.check_content_encoding(request.headers.get("content-encoding"))
    reading.check_content_length(request.headers.get("content-length"))
    return reading.search_from_body(await request.body())


def _search_in_query(request: Request) -> Search:
    return reading.search_from_query(request.scope["query_string"])


def _pool(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool


SearchInBody = Annotated[Search, Depends(_search_in_body)]
SearchInQuery = Annotated[Search, Depends(_search_in_query)]
PoolOfApp = Annotated[Pool, Depends(_pool)]

router = APIRouter()


@router.post("/search/part/", response_model=Answer)
async def search_by_body(search: SearchInBody, pool: PoolOfApp) -> ExactJSONResponse:
    """Answer a search by JSON body."""
    return await _answer(pool, search)


@router.head("/search/part/", include_in_schema=False)
@router.get("/search/part/", response_model=Answer)
async def search_by_query(search: SearchInQuery, pool: PoolOfApp) -> ExactJSONResponse:
    """Answer a search by query string."""
    return await _answer(pool, search)


async def _answer(pool: Pool, search: Search) -> ExactJSONResponse:
    rows, count, summ = await find_parts(pool, search)
    parts = [
        Part(
            id=row["id"],
            mark=Mark(id=row["mark_id"], name=row["mark_name"], producer_country_name=row["producer_country_name"]),
            model=Model(id=row["model_id"], name=row["model_name"]),
            name=row["name"],
            json_data=row["json_data"],
            price=row["price"],
        )
        for row in rows
    ]
    return ExactJSONResponse(Answer(response=parts, count=count, summ=summ))
