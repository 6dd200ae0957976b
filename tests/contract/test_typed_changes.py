"""A change by plain SQL is found by ``q`` as typed at once, with corrections within ten seconds."""

from collections.abc import Iterator
from random import Random
from typing import Any

import psycopg
import pytest

from tests.contract.service_client import Service
from tests.support.catalog_data import Catalog, Mark, Model, Part
from tests.support.deadline import wait_for
from tests.support.live import LiveClient
from tests.support.site import RunningSite
from tests.support.typed.freshness import SECONDS, random_word, wait_until_known, with_swapped_letters

pytestmark = pytest.mark.alone

_LIVE_SECONDS_BESIDE_OTHERS = 60.0
"""The tests on Debian's PostgreSQL and on Neon run side by side, so that there only the answer counts."""

Both = tuple[Service, Service]
Database = psycopg.Connection[tuple[Any, ...]]

CARS = Catalog(
    [Mark(1, "Honda", "Япония")],
    [Model(10, "Accord", 1)],
    [Part(100, "Бампер передний", 10, 1, "10.50"), Part(101, "Капот", 10, 1, "20", '{"color": "белый"}')],
)
INSERT = "INSERT INTO part (id, name, mark_id, model_id, price, json_data) VALUES (%s, %s, 1, 10, 5, %s)"


@pytest.fixture
def database(empty_catalog: str) -> Iterator[Database]:
    """Yield a connection to the database with a catalog of two parts."""
    CARS.insert(empty_catalog)
    with psycopg.connect(empty_catalog, autocommit=True) as connection:
        yield connection


def ids(service: Service, **search: Any) -> list[str]:
    """Return the ids of the parts on the page of a search."""
    return [part["id"].text for part in service.search(**search)["response"]]


def test_a_new_part_is_found_as_typed_at_once(services: Both, database: Database) -> None:
    for service in services:
        assert ids(service, q="бампер") == ["100"]
    random = Random(11)
    for number in range(200, 210):
        word = random_word(random)
        database.execute(INSERT, [number, f"Деталь {word} №{number}", f'{{"oem": "{number}77-{number}55"}}'])
        for service in services:
            assert ids(service, q=word) == [str(number)]
            assert ids(service, q=f"{word[:4]} деталь") == [str(number)]
            assert ids(service, q=f"{number}77{number}55") == [str(number)]


def test_a_new_word_of_two_letters_is_found_at_once_and_not_while_it_is_hidden(
    services: Both, database: Database
) -> None:
    """It is counted by the planes, which do not know of the changes yet."""
    for service in services:
        assert service.search(q="ъщ бампер")["understood"]["unused"] == ["ъщ"]
    known = random_word(Random(15))
    database.execute(INSERT, [310, f"Бампер ъщ {known}", "{}"])
    for service in services:
        assert ids(service, q="ъщ бампер") == ["310"]
        assert service.search(q=",ъщ")["understood"]["unused"] == []
    for table, column in (("mark", "mark_id"), ("model", "model_id"), ("part", "id")):
        change = f"UPDATE {table} SET is_visible = %s WHERE id = (SELECT {column} FROM part WHERE id = 310)"
        database.execute(change, [False])
        for service in services:
            assert service.search(q="ъщ")["understood"]["unused"] == ["ъщ"]
        database.execute(change, [True])
        for service in services:
            assert ids(service, q="ъщ") == ["310"]
    wait_until_known(services, known)
    database.execute("UPDATE part SET name = 'Бампер' WHERE id = 310")
    for service in services:
        assert service.search(q="ъщ бампер")["understood"]["unused"] == ["ъщ"]


def test_a_new_word_is_corrected_to_within_ten_seconds(services: Both, database: Database) -> None:
    for service in services:
        assert ids(service, q="бампер") == ["100"]
    word = random_word(Random(12))
    database.execute(INSERT, [300, f"{word} левый", "{}"])
    wait_until_known(services, word, SECONDS)
    other = random_word(Random(13))
    database.execute("UPDATE part SET name = %s WHERE id = 300", [other])
    for service in services:
        assert ids(service, q=word) == []
        assert ids(service, q=other) == ["300"]
    wait_until_known(services, other, SECONDS)


def test_a_new_mark_and_a_new_model_are_understood_within_ten_seconds(services: Both, database: Database) -> None:
    for service in services:
        assert service.search(q="бампер тойота")["understood"]["unused"] == ["тойота"]
    database.execute("INSERT INTO mark (id, name) VALUES (2, 'Toyota')")
    database.execute("INSERT INTO model (id, name, mark_id) VALUES (20, 'Camry', 2)")
    database.execute("INSERT INTO part (id, name, mark_id, model_id, price) VALUES (400, 'Бампер', 2, 20, 1)")
    for service in services:
        for text in ("бампер тойота", "камри бампер", "тойота камри"):
            wait_for(lambda: ids(service, q=text) == ["400"], SECONDS, f"{service.engine} knows {text}")  # noqa: B023


def test_a_new_synonym_is_understood_within_ten_seconds(services: Both, database: Database) -> None:
    word = random_word(Random(14))
    for service in services:
        assert ids(service, q=word) == []
    try:
        database.execute(
            "INSERT INTO synonym (written, kind, meanings) VALUES (%s, 'synonym', ARRAY['бампер'])", [word]
        )
        for service in services:
            wait_for(lambda: ids(service, q=word) == ["100"], SECONDS, f"{service.engine} knows {word}")  # noqa: B023
            (correction,) = service.search(q=word)["understood"]["corrections"]
            assert (correction["from"], correction["kind"]) == (word, "synonym")
    finally:
        database.execute("DELETE FROM synonym WHERE written = %s", [word])
    for service in services:
        wait_for(lambda: ids(service, q=word) == [], SECONDS, f"{service.engine} forgets {word}")  # noqa: B023


def test_a_live_search_takes_the_new_fields(live_site: RunningSite, fastapi: Service, database: Database) -> None:
    search = {"q": "бампер", "sort": "-price", "facets": ["mark"], "highlight": True, "per_page": 1}
    with LiveClient.connected(live_site.fastapi_url) as client:
        client.send(search)
        assert client.text() == '{"type":"result",' + fastapi.post(search).text.removeprefix("{")
        database.execute(INSERT, [500, "Бампер задний", '{"color": "белый"}'])
        changed = client.result(2)
        assert changed["count"] == 2
        assert changed["facets"]["mark"]["values"] == [{"value": 1, "label": "Honda", "count": 2}]
        database.execute("UPDATE mark SET name = 'Acura' WHERE id = 1")
        assert client.result(2)["facets"]["mark"]["values"][0]["label"] == "Acura"


def test_a_live_search_is_corrected_soon(
    live_site: RunningSite, database: Database, request: pytest.FixtureRequest
) -> None:
    is_alone = request.config.getoption("--database") == "embedded"
    seconds = 2 * SECONDS if is_alone else _LIVE_SECONDS_BESIDE_OTHERS
    random = Random(15)
    with LiveClient.connected(live_site.fastapi_url) as client:
        for number in range(600, 603):
            word = random_word(random)
            wrong = with_swapped_letters(word)
            assert client.ask({"q": wrong})["count"] == 0
            database.execute(INSERT, [number, f"{word} левый", "{}"])
            changed = client.result(seconds)
            assert [part["id"] for part in changed["response"]] == [number]
            assert changed["understood"]["corrections"] == [{"from": wrong, "to": word, "kind": "typo"}]
