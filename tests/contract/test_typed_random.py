"""Random catalogs, and searches typed from their words: both services answer as the oracle."""

from collections.abc import Iterator
from random import Random
from typing import Any

import httpx
import pytest

from tests.conftest import truncate_catalog
from tests.contract.service_client import Service, as_read_from_query, search_result, to_json, to_query
from tests.support.oracle import as_compared
from tests.support.typed.catalogs import random_catalog, shop_catalog
from tests.support.typed.freshness import random_word, wait_until_known
from tests.support.typed.oracle import answer_of, rank_of
from tests.support.typed.searches import typed_search
from tests.support.typed.shop import Shop
from tests.support.typed.spellings import as_typed

Both = tuple[Service, Service]

SEARCHES = 60


@pytest.fixture(scope="module", params=["the shop", 1, 2, 3], ids=str)
def shop(request: pytest.FixtureRequest, migrated_database: str, services: Both) -> Iterator[Shop]:
    """Yield a catalog that both services know."""
    random = Random(request.param)
    marker = random_word(random)
    catalog = shop_catalog(marker) if request.param == "the shop" else random_catalog(random, marker)
    truncate_catalog(migrated_database)
    yield Shop.opened(migrated_database, catalog)


def _check(services: Both, shop: Shop, search: dict[str, Any]) -> None:
    """Assert that both services answer ``search`` by POST and GET as the oracle, byte for byte alike."""
    _check_answers([service.post(search) for service in services], answer_of(shop, search), search)
    expected = answer_of(shop, as_read_from_query(search))
    _check_answers([service.get(to_query(search)) for service in services], expected, search)


def _check_answers(answers: list[httpx.Response], expected: dict[str, Any], search: dict[str, Any]) -> None:
    for answer in answers:
        result = search_result(answer)
        assert result == expected, (answer.request.method, answer.headers["X-Engine"], to_json(search))
        assert list(result) == list(expected)
    assert len({answer.content for answer in answers}) == 1, to_json(search)


def test_any_typed_search_matches_the_oracle(services: Both, shop: Shop) -> None:
    wait_until_known(services, shop.catalog.parts[-1].name)
    random = Random(shop.catalog.parts[-1].name)
    for _ in range(SEARCHES):
        _check(services, shop, typed_search(random, shop.shown))


def test_what_part_name_finds_q_finds_first(services: Both, shop: Shop) -> None:
    """The literal search is never better: its parts are the first ones, whatever the words are taken for."""
    random = Random(1)
    pieces = [as_typed(random, row.part.name) for row in random.sample(shop.shown, min(25, len(shop.shown)))]
    for name in [row.part.name for row in random.choices(shop.shown, k=15)]:
        start = random.randrange(len(name))
        pieces.append(name[start : start + random.randint(2, 9)])
    for text in pieces:
        if not as_compared(text):
            continue
        for service in services:
            literal = service.search(part_name=text, per_page=100)
            found = service.search(q=text, per_page=100)
            ids = [part["id"].text for part in found["response"]]
            first = ids[: sum(rank_of(row, shop.understood(text)) == 0 for row in shop.shown)]
            assert {part["id"].text for part in literal["response"]} <= set(first), (service.engine, text, found)
