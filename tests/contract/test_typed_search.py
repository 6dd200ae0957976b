"""``q`` in a small shop: what each way of writing finds, and what the answer says about it."""

import json
from http import HTTPStatus
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

from tests.conftest import truncate_catalog
from tests.contract.service_client import Service, invalid_fields, same_problem, search_result
from tests.support.oracle import Row
from tests.support.typed.catalogs import shop_catalog
from tests.support.typed.freshness import random_word, wait_until_known
from tests.support.typed.oracle import answer_of
from tests.support.typed.shop import Shop
from tests.support.typed.spellings import OF_WORDS

Both = tuple[Service, Service]


@pytest.fixture(scope="module")
def shop(migrated_database: str, services: Both) -> Shop:
    """Return the shop, known to both services."""
    truncate_catalog(migrated_database)
    marker = random_word(Random(21))
    opened = Shop.opened(migrated_database, shop_catalog(marker))
    wait_until_known(services, marker)
    return opened


def answer(services: Both, shop: Shop, **search: Any) -> dict[str, Any]:
    """Return the answer of both services, byte for byte alike and that of the oracle."""
    answers = [service.post(search) for service in services]
    assert answers[0].content == answers[1].content
    result = search_result(answers[0])
    assert result == answer_of(shop, search)
    return result


def names(result: dict[str, Any]) -> list[str]:
    """Return the names on the page."""
    return [part["name"] for part in result["response"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("бампер", {"Бампер передний", "БАМПЕР  ПЕРЕДНИЙ", "Бампер задний", "Передний бампер с решёткой"}),
        ("бампер передний honda", {"Бампер передний", "БАМПЕР  ПЕРЕДНИЙ"}),
        ("хонда перед бампер", {"Бампер передний", "БАМПЕР  ПЕРЕДНИЙ"}),
        ("honda accord бампер задний", {"Бампер задний"}),
        ("задний бампер аккорд", {"Бампер задний"}),
        ("бапмер задний", {"Бампер задний"}),
        (",fvgth pflybq", {"Бампер задний"}),
        ("bamper zadnii", {"Бампер задний"}),
        ("фары левые камри", {"Фара левая"}),
        ("фара лев. камри", {"Фара левая"}),
        ("торпедо ваз 2109", {"Панель приборов"}),
        ("панель приборов 2109", {"Панель приборов"}),
        ("кпп", {"Коробка передач"}),
        ("коробка передач", {"Коробка передач"}),
        ("21083-2803015", {"Стартер"}),
        ("210832803015", {"Стартер"}),
        ("21083 2803015", {"Стартер"}),
        ("А21R23", {"Стартер"}),
        ("а21r23 стартер", {"Стартер"}),
        ("СТ-77012", {"Ступица передняя"}),
        ("ct77012", {"Ступица передняя"}),
        ("двигатель land rover", {"Двигатель 2.0"}),
        ("мотор ленд ровер", {"Двигатель 2.0"}),
        ("дверь бмв 5 серия", {"Дверь передняя"}),
        ("бампер чёрный", {"Бампер передний", "Бампер задний", "Передний бампер с решёткой"}),
        ("бампер черный новый", {"Бампер передний"}),
        ("бампер б/у", {"БАМПЕР  ПЕРЕДНИЙ", "Бампер задний"}),
        ("лобовое стекло", {"Стекло лобовое"}),
        ("граната civic", {"Шрус наружный"}),
        ("тормозной диск r16", {"Тормозной/передний диск R16"}),
        ("решётка радиатора zaz", {"Решетка радиатора"}),
    ],
)
def test_what_is_meant_is_on_the_first_page(services: Both, shop: Shop, text: str, expected: set[str]) -> None:
    found = names(answer(services, shop, q=text))
    assert expected <= set(found), found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("бампер honda", {"mark_list": ["1"], "corrections": [], "unused": []}),
        ("хонда", {"mark_list": ["1"], "model_list": []}),
        ("honda accord", {"mark_list": ["1"], "model_list": ["10"]}),
        ("бампер черный", {"params": {"color": "черный"}}),
        ("бампер новый", {"params": {"is_new_part": True}}),
        ("бампер б/у", {"params": {"is_new_part": False}}),
        ("21083-2803015", {"number": "210832803015"}),
        ("бапмер", {"corrections": [("бапмер", "бампер", "typo")]}),
        (",fvgth", {"corrections": [(",fvgth", "бампер", "layout")]}),
        ("bamper", {"corrections": [("bamper", "бампер", "transliteration")]}),
        ("бампер абракадабрище", {"unused": ["абракадабрище"]}),
        ("бампер для honda", {"unused": ["для"]}),
    ],
)
def test_the_answer_says_what_was_understood(services: Both, shop: Shop, text: str, said: dict[str, Any]) -> None:
    understood = answer(services, shop, q=text)["understood"]
    for key, expected in said.items():
        found = understood[key]
        if key in ("mark_list", "model_list"):
            found = [number.text for number in found]
        if key == "corrections":
            found = [(item["from"], item["to"], item["kind"]) for item in found]
        assert found == expected, understood


def test_an_exact_phrase_comes_before_all_words_before_a_correction(services: Both, shop: Shop) -> None:
    found = names(answer(services, shop, q="бампер передний"))
    assert {name.lower().replace("  ", " ") for name in found[:2]} == {"бампер передний"}
    assert found.index("Передний бампер с решёткой") == 2


def test_a_photo_and_then_the_stock_decide_between_equals(services: Both, shop: Shop) -> None:
    assert names(answer(services, shop, q="бампер передний"))[:2] == ["Бампер передний", "БАМПЕР  ПЕРЕДНИЙ"]


@pytest.mark.parametrize("kind", OF_WORDS)
def test_the_names_of_the_shop_are_found_in_every_way_of_writing(services: Both, shop: Shop, kind: str) -> None:
    rows = [row for row in shop.shown if row.part.id < 1000]
    random = Random(kind)
    typed = [(row, OF_WORDS[kind](random, row.part.name)) for row in rows for _ in range(3)]
    lost = [text for row, text in typed if not _is_found(services, row, text)]
    most = 0 if kind in ("as typed", "order") else len(typed) // 10
    assert len(lost) <= most, lost


def _is_found(services: Both, row: Row, text: str) -> bool:
    answers = [service.post({"q": text, "per_page": 100}) for service in services]
    assert answers[0].content == answers[1].content, text
    return str(row.part.id) in [part["id"].text for part in search_result(answers[0])["response"]]


@pytest.mark.parametrize("text", ["бампер", "бапмер чёрный", "болт колесный", "21083", "абракадабра", "хонда"])
def test_an_export_takes_q_and_has_the_parts_of_all_pages_by_id(services: Both, shop: Shop, text: str) -> None:
    found = {part["id"].text for part in answer(services, shop, q=text, per_page=100)["response"]}
    lists = [service.ask("GET", f"/search/part/export/?format=jsonl&q={quote(text)}") for service in services]
    assert {exported.status_code for exported in lists} == {HTTPStatus.OK}
    assert lists[0].content == lists[1].content
    ids = [json.loads(line)["partsearch_id"].partition("@")[0] for line in lists[0].text.splitlines()]
    assert set(ids) == found
    assert ids == sorted(ids, key=int)


@pytest.mark.parametrize("field", ["sort=id", "facets=mark", "highlight=true", "per_page=5"])
def test_an_export_knows_no_field_of_a_page(services: Both, field: str) -> None:
    reported = same_problem(
        services,
        lambda service: service.ask("GET", f"/search/part/export/?format=jsonl&q=a&{field}"),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )
    assert invalid_fields(reported) == [field.partition("=")[0]]
