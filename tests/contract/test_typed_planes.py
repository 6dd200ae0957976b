"""``q`` over the planes: catalogs of several segments, some of whose parts have changed since the last fold."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import psycopg
import pytest

from tests.conftest import truncate_catalog
from tests.contract.service_client import Service, search_result, to_json
from tests.support.catalog_data import Part
from tests.support.site import RunningSite
from tests.support.totals import PARTS_PER_SEGMENT, SEGMENT_PARTS, SEGMENTS
from tests.support.typed.catalogs import random_catalog
from tests.support.typed.freshness import random_word, wait_until_known
from tests.support.typed.oracle import answer_of
from tests.support.typed.searches import typed_search
from tests.support.typed.shop import Shop

Both = tuple[Service, Service]

SEARCHES = 40


@pytest.fixture(scope="module")
def shop(live_site: RunningSite, migrated_database: str, services: Both) -> Iterator[Shop]:
    """Yield a catalog of several segments whose planes are complete."""
    random = Random(31)
    marker = random_word(random)
    ids = [segment * SEGMENT_PARTS + number * 7 for segment in SEGMENTS for number in range(PARTS_PER_SEGMENT)]
    truncate_catalog(migrated_database)
    shop = Shop.opened(migrated_database, random_catalog(random, marker, ids))
    rebuilt = live_site.run("totals", "rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    wait_until_known(services, marker)
    yield shop


def _check(services: Both, shop: Shop, random: Random) -> None:
    for _ in range(SEARCHES):
        search = typed_search(random, shop.shown)
        answers = [service.post(search) for service in services]
        assert search_result(answers[0]) == answer_of(shop, search), to_json(search)
        assert answers[0].content == answers[1].content, to_json(search)


def test_typed_searches_are_exact_after_a_rebuild(services: Both, shop: Shop) -> None:
    _check(services, shop, Random(32))


def test_typed_searches_are_exact_with_changes_that_are_not_folded(
    services: Both, shop: Shop, migrated_database: str
) -> None:
    removed = {part.id for part in shop.catalog.parts[:-1] if part.id % 14 == 7}
    parts = [part for part in shop.catalog.parts if part.id not in removed]
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        connection.execute("DELETE FROM part WHERE id = ANY (%s)", [list(removed)])
        _check(services, shop_with(shop, parts), Random(33))


def shop_with(shop: Shop, parts: list[Part]) -> Shop:
    """Return the shop with these parts alone."""
    return replace(shop, catalog=replace(shop.catalog, parts=parts))
