"""Spellings that look alike are one text: composed or not, with invisible characters, in other widths."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from tests.conftest import truncate_catalog
from tests.contract.asking import Service
from tests.support.catalog_data import Catalog, Mark, Model, Part

LIGATURES = "\ufdfa" * 12
"""NFKC makes 18 characters of each."""

PARTS = {
    "Бампер задний": '{"color": "черный"}',
    "Бампер за\u200bднии\u0306": '{"color": "че\u00adрны\u0438\u0306", "article": "Ｂ－７７"}',
    "Caf\u00e9 \u2116\u00a05": '{"color": "J\u030c"}',
    "Cafe\u0301 no 5": f'{{"color": "{LIGATURES}"}}',
    "\u200b": f'{{"color": "{LIGATURES}x"}}',
    "\uff11\uff10\uff10\uff05 \ufb01lter": "{}",
}


@pytest.fixture(scope="module", autouse=True)
def catalog(migrated_database: str) -> Iterator[None]:
    truncate_catalog(migrated_database)
    parts = [Part(id_, name, 1, 1, "1", text) for id_, (name, text) in enumerate(PARTS.items(), 1)]
    Catalog([Mark(1, "Е\u0308мобиль", "Росси\u200bя")], [Model(1, "Ё\u00adжик", 1)], parts).insert(migrated_database)
    yield
    truncate_catalog(migrated_database)


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({"mark_name": "емобиль"}, [1, 2, 3, 4, 5, 6]),
        ({"mark_name": "Ё\u200bмобиль"}, [1, 2, 3, 4, 5, 6]),
        ({"mark_name": "мобиль2"}, []),
        ({"model_name": "Е\u0308Ж"}, [1, 2, 3, 4, 5, 6]),
        ({"producer_country_name": "РОССИЯ\ufeff"}, [1, 2, 3, 4, 5, 6]),
        ({"part_name": "задни\u0438\u0306"}, [1, 2]),
        ({"part_name": "зад\u2060ний"}, [1, 2]),
        ({"part_name": "cafe\u0301 no"}, [3, 4]),
        ({"part_name": "CAF\u00c9 \u2116 5"}, [3, 4]),
        ({"part_name": "cafe no"}, []),
        ({"part_name": "100%"}, [6]),
        ({"part_name": "100\uff05 filter"}, [6]),
        ({"part_name": "\uff05"}, [6]),
        ({"params": {"color": "ЧЁРНЫЙ"}}, [1, 2]),
        ({"params": {"article": "B-77"}}, [2]),
        ({"params": {"color": "\u01f0"}}, [3]),
        ({"params": {"color": LIGATURES}}, [4]),
        ({"params": {"color": f"{LIGATURES}X"}}, [5]),
        ({"params": {"color": "\ufdfa"}}, []),
        ({"params": {"col\u200bor": "черный"}}, []),
    ],
)
def test_spellings(service: Service, search: dict[str, Any], expected: list[int]) -> None:
    assert [int(part["id"].text) for part in service.search(**search)["response"]] == expected


@pytest.mark.parametrize("blank", ["\u200b", " \u00ad\ufeff ", "\U000e0041", "\u115f\u3164\ufe0f", "\u0308"])
def test_invisible_text_is_no_filter(service: Service, blank: str) -> None:
    for search in (
        {"part_name": blank},
        {"producer_country_name": blank},
        {"params": {"color": blank}},
        {"page": blank},
    ):
        assert len(service.search(**search)["response"]) == 6
    assert len(service.search(mark_list=blank)["response"]) == 6


def test_the_limit_counts_the_characters_that_are_sent(service: Service) -> None:
    assert service.names(part_name="\ufdfa" * 200) == []
    assert service.post({"part_name": "a" + "\u200b" * 200}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
