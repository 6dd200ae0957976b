"""Live search takes ``q``: its answer changes when a part appears, as typed at once and soon with corrections too."""

import httpx
import psycopg

from tests.conftest import truncate_catalog
from tests.contract.service_client import SEARCH
from tests.support.catalog_data import KNOWN_CATALOG
from tests.support.live import LiveClient
from tests.support.site import RunningSite

_INSERT = "INSERT INTO part (name, mark_id, model_id, price) VALUES (%s, 1, 10, 1)"


def test_a_part_that_appears_is_in_the_answer(live_site: RunningSite, migrated_database: str) -> None:
    truncate_catalog(migrated_database)
    KNOWN_CATALOG.insert(migrated_database)
    with LiveClient.connected(live_site.fastapi_url) as typed, LiveClient.connected(live_site.fastapi_url) as wrong:
        assert typed.ask({"q": "глюкометр", "highlight": True})["count"] == 0
        assert wrong.ask({"q": "глюкомерт"})["count"] == 0
        with psycopg.connect(migrated_database) as connection:
            connection.execute(_INSERT, ["Глюкометр"])
        found = typed.result()
        assert found["count"] == 1
        assert found["response"][0]["highlight"] == {"name": [[0, 9]]}
        corrected = wrong.result()
        assert corrected["count"] == 1
        assert corrected["understood"]["corrections"] == [{"from": "глюкомерт", "to": "глюкометр", "kind": "typo"}]


def test_the_answer_is_that_over_http(live_site: RunningSite, migrated_database: str) -> None:
    truncate_catalog(migrated_database)
    KNOWN_CATALOG.insert(migrated_database)
    with LiveClient.connected(live_site.fastapi_url) as client:
        for search in ({"q": "бампер"}, {"sort": "-price", "per_page": 3}, {"q": "honda", "facets": ["mark"]}):
            client.send(search)
            answer = httpx.post(f"{live_site.fastapi_url}{SEARCH}", json=search).text
            assert client.text() == '{"type":"result",' + answer.removeprefix("{")
