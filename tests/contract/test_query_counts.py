"""How many statements an answer costs: page, count and sum come from one snapshot, so from one statement."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import asyncpg
import httpx
import pytest

from tests.contract.service_client import SEARCH
from tests.support.catalog_data import Catalog

pytestmark = pytest.mark.usefixtures("known_catalog")


def django_statements(path: str) -> list[str]:
    """Return the statements that the Django service runs for a GET of ``path``."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")
    client.get("/healthz")
    connection.ensure_connection()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?page=2",
        "?mark_list=0",  # no row has this id, so it is an empty list
        "?part_name=бампер&params.color=красный&mark_list=1&price_gte=1",
        "?part_name=nothing like it",
    ],
)
def test_django_asks_once_for_a_page(migrated_database: str, query: str) -> None:
    (statement,) = django_statements(SEARCH + query)  # the page with its count and sum
    assert statement.startswith(("SELECT", "WITH"))


def test_django_asks_twice_for_a_page_past_the_end(migrated_database: str) -> None:
    page, totals = django_statements(f"{SEARCH}?page=100")  # the page, which is empty; count and sum
    assert "OFFSET 990" in page
    assert "COUNT(*)" in totals
    assert "SUM(" in totals


def test_django_asks_once_for_a_list(migrated_database: str) -> None:
    assert len(django_statements("/mark/")) == 1  # the marks
    assert len(django_statements("/model/?mark_id=1")) == 1  # the models of the mark


class Statements(list[str]):
    """The statements that asyncpg runs from ``watch`` on."""

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        for name in ("execute", "executemany", "fetch", "fetchrow", "fetchval", "fetchmany"):
            patch.setattr(asyncpg.Connection, name, self._counted(getattr(asyncpg.Connection, name)))

    def _counted(self, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counted(connection: asyncpg.Connection, query: str, *arguments: Any, **options: Any) -> Any:
            self.append(query)
            return await method(connection, query, *arguments, **options)

        return counted


@asynccontextmanager
async def fastapi_service() -> AsyncIterator[httpx.AsyncClient]:
    """A client of the FastAPI service in this process."""
    from partsearch.fastapi_service.app import create_app

    app = create_app()
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield client


@pytest.mark.parametrize(
    "query",
    ["", "?page=2", "?page=100", "?mark_list=0", "?part_name=бампер&params.color=красный&mark_list=1&price_gte=1"],
)
def test_fastapi_asks_once(known_catalog: Catalog, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    statements = Statements()
    statements.watch(monkeypatch)

    async def ask() -> httpx.Response:
        async with fastapi_service() as client:
            answer: httpx.Response = await client.get(SEARCH + query)
            return answer

    answer = asyncio.run(ask())
    assert answer.status_code == HTTPStatus.OK
    # A service on a database that sleeps asks once for the schema when it starts.
    searches = [statement for statement in statements if "django_migrations" not in statement]
    assert len(searches) == 1  # the page with its count and sum
