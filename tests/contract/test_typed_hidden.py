"""Hidden parts, marks and models reach nothing that an answer to a typed search says."""

from random import Random
from typing import Any

import psycopg
import pytest

from tests.conftest import truncate_catalog
from tests.contract.service_client import Service, search_result
from tests.support.deadline import wait_for
from tests.support.typed.catalogs import HIDDEN_WORD, shop_catalog
from tests.support.typed.freshness import SECONDS, random_word, wait_until_known
from tests.support.typed.spellings import in_another_layout, transliterated, with_a_typo

Both = tuple[Service, Service]

_FACETS = ["mark", "model", "country", "name", "price", "color", "is_new_part", "params.color", "params.side"]
_HIDDEN_IDS = {6, 60, 61}
_SPELLINGS = [
    *(HIDDEN_WORD, HIDDEN_WORD.upper(), "незримый", "атлантида", "98765-43210", "9876543210", "98765"),
    *("невидимки", "невидемка", "неивдимка", in_another_layout(Random(1), HIDDEN_WORD)),
    *(transliterated(Random(1), HIDDEN_WORD), with_a_typo(Random(2), HIDDEN_WORD), "капот"),
]


@pytest.fixture(scope="module")
def shop(migrated_database: str, services: Both) -> str:
    """Insert the shop, and return when both services know it."""
    truncate_catalog(migrated_database)
    marker = random_word(Random(7))
    shop_catalog(marker).insert(migrated_database)
    wait_until_known(services, marker)
    return migrated_database


def _answer(services: Both, **search: Any) -> dict[str, Any]:
    answers = [service.post(search) for service in services]
    assert answers[0].content == answers[1].content
    return search_result(answers[0])


@pytest.mark.parametrize("text", _SPELLINGS)
def test_a_hidden_word_finds_and_corrects_nothing(services: Both, shop: str, text: str) -> None:
    answer = _answer(services, q=text, facets=_FACETS)
    assert answer["count"].text == "0"
    understood = answer["understood"]
    assert not _HIDDEN_IDS & {int(number.text) for number in understood["mark_list"] + understood["model_list"]}
    for correction in understood["corrections"]:
        assert HIDDEN_WORD not in correction["to"].lower()
        assert "незрим" not in correction["to"].lower()


@pytest.mark.parametrize("text", _SPELLINGS)
def test_a_hidden_word_adds_nothing_to_another(services: Both, shop: str, text: str) -> None:
    """The words that are not understood are named; no hidden part is counted with the others."""
    answer = _answer(services, q=f"бампер {text}", per_page=100)
    assert all(HIDDEN_WORD not in part["name"].lower() for part in answer["response"])


def test_facets_name_nothing_hidden(services: Both, shop: str) -> None:
    chosen = {"mark_list": [1, 6], "model_list": [10, 60, 61]}
    for search in ({}, chosen, {"q": "бампер"}, {"q": "фара", "producer_country_name": "Атлантида"}):
        answer = _answer(services, facets=_FACETS, **search)
        labels = str(answer["facets"]).lower()
        assert HIDDEN_WORD not in labels
        assert "незрим" not in labels
        assert "атлантида" not in labels
        for name in ("mark", "model"):
            assert not _HIDDEN_IDS & {int(value["value"].text) for value in answer["facets"][name]["values"]}


def test_what_becomes_hidden_is_not_found_and_no_correction_leads_to_it(services: Both, shop: str) -> None:
    word = random_word(Random(8))
    with psycopg.connect(shop, autocommit=True) as connection:
        insert = "INSERT INTO part (id, name, mark_id, model_id, price) VALUES (80000, %s, 1, 11, 9)"
        connection.execute(insert, [word])
        wait_until_known(services, word)
        wrong = word[:5] + word[6] + word[5] + word[7:]
        for statement in (
            "UPDATE part SET is_visible = false WHERE id = 80000",
            "UPDATE part SET is_visible = true WHERE id = 80000",
            "UPDATE model SET is_visible = false WHERE id = 11",
            "UPDATE model SET is_visible = true WHERE id = 11",
            "DELETE FROM part WHERE id = 80000",
        ):
            connection.execute(statement.encode())
            expected = "1" if "= true" in statement else "0"
            assert _answer(services, q=word)["count"].text == expected, statement
            assert _answer(services, q=wrong)["count"].text == expected, statement
            corrections = _answer(services, q=wrong)["understood"]["corrections"]
            assert (word in [correction["to"] for correction in corrections]) == (expected == "1"), statement


def test_a_mark_that_becomes_hidden_is_not_understood(services: Both, shop: str) -> None:
    with psycopg.connect(shop, autocommit=True) as connection:
        assert [number.text for number in _answer(services, q="тойота")["understood"]["mark_list"]] == ["2"]
        connection.execute("UPDATE mark SET is_visible = false WHERE id = 2")
        try:
            assert _answer(services, q="тойота")["count"].text == "0"
            for service in services:
                wait_for(
                    lambda: not service.search(q="тойота")["understood"]["mark_list"],  # noqa: B023
                    SECONDS,
                    "the hidden mark is forgotten",
                )
        finally:
            connection.execute("UPDATE mark SET is_visible = true WHERE id = 2")
