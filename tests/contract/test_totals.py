"""The order, the pages, the exact totals and the JSON of an answer."""

import json
from decimal import Decimal

import pytest

from tests.contract.asking import Service, found
from tests.support.catalog_data import LARGEST_ID, LONG_COLOR, Catalog
from tests.support.oracle import Written, answer_of, written

pytestmark = pytest.mark.usefixtures("known_catalog")


def test_the_answer_of_the_contract_to_the_byte(service: Service) -> None:
    answer = service.post({"part_name": "бампер передний", "model_list": [10]})
    expected = {
        "response": [
            {
                "id": 100,
                "mark": {"id": 1, "name": "Honda", "producer_country_name": "Япония"},
                "model": {"id": 10, "name": "Accord"},
                "name": "Бампер передний",
                "json_data": {"is_new_part": True, "color": "красный", "count": 4},
                "price": 2300,
            }
        ],
        "count": 1,
        "summ": 2300,
    }
    assert answer.json() == expected
    assert list(answer.json()) == ["response", "count", "summ"]
    assert list(answer.json()["response"][0]) == ["id", "mark", "model", "name", "json_data", "price"]
    assert isinstance(answer.json()["summ"], int)


def test_text_is_utf8_and_not_escaped(service: Service) -> None:
    answer = service.post({"part_name": "датчик"})
    assert "😀 датчик 🔑".encode() in answer.content
    assert b"\\u" not in answer.content
    assert answer.headers["Content-Type"] == "application/json"


def test_pages_are_ten_parts_each_in_the_order_of_the_ids(service: Service, known_catalog: Catalog) -> None:
    pages = [service.search(page=number) for number in range(1, 9)]
    ids = [int(part["id"].text) for page in pages for part in page["response"]]
    everything = answer_of(known_catalog, {})
    assert ids == sorted(ids)
    assert ids[-1] == LARGEST_ID
    assert len(ids) == len(set(ids)) == int(everything["count"].text)
    assert [len(page["response"]) for page in pages] == [10] * 7 + [len(ids) - 70]
    assert {(page["count"], page["summ"]) for page in pages} == {(everything["count"], everything["summ"])}


@pytest.mark.parametrize("page", [9, 100, 1_000_000])
def test_a_page_past_the_end_is_empty_and_keeps_the_totals(service: Service, known_catalog: Catalog, page: int) -> None:
    everything = answer_of(known_catalog, {})
    assert service.search(page=page) == {**everything, "response": []}


def test_no_match_gives_zeros(service: Service) -> None:
    for page in (1, 2):
        assert service.post({"part_name": "nothing like it", "page": page}).json() == {
            "response": [],
            "count": 0,
            "summ": 0,
        }


@pytest.mark.parametrize(
    ("search", "prices", "summ"),
    [
        ({"part_name": "бампер", "mark_list": [1]}, ["2300", "2300", "0.1"], "4600.1"),
        ({"part_name": "решетка"}, ["100872.35", "0"], "100872.35"),
        ({"mark_list": [4]}, ["9999999999.99", "9999999999.99", "0.01", "0.99", "12.5", "12.5"], "20000000025.98"),
        ({"mark_list": [LARGEST_ID]}, ["0.3", "0.2"], "0.5"),
        ({"part_name": "датчик", "price_lte": 0.2}, ["0.2"], "0.2"),
        ({"mark_list": [6], "part_name": "l"}, ["55.55"], "55.55"),
        ({"price_lte": 0}, ["0"], "0"),
    ],
)
def test_numbers_are_written_exactly(service: Service, search: dict[str, object], prices: list[str], summ: str) -> None:
    answer = service.search(**search)
    assert [part["price"] for part in answer["response"]] == [Written(price) for price in prices]
    assert answer["summ"] == Written(summ)
    assert answer["count"] == Written(str(len(prices)))


def test_json_data_comes_unchanged(service: Service) -> None:
    response = service.post({"params": {"tiny": Decimal("1e-30")}})
    stored = json.loads(response.content, parse_float=str)["response"][0]["json_data"]
    assert Decimal(stored["tiny"]) == Decimal("1e-30")
    assert stored["huge"] == 10**60
    long = found(service.post({"part_name": "long"}))["response"][0]["json_data"]
    assert (long["color"], len(long["description"])) == (LONG_COLOR, 4000)


@pytest.mark.parametrize(
    "search",
    [
        {},
        {"part_name": "скрыт"},
        {"mark_list": [3]},
        {"model_list": [12, 30]},
        {"price_gte": 777777, "price_lte": 999999.99},
        {"params": {"color": "красный"}},
        {"params": {"is_new_part": True}},
        {"producer_country_name": "южная корея"},
    ],
)
def test_hidden_rows_reach_no_part_count_or_sum(
    service: Service, known_catalog: Catalog, search: dict[str, object]
) -> None:
    shown = [
        part for part in known_catalog.parts if part.is_visible and part.model_id not in (12, 30) and part.mark_id != 3
    ]
    answer = service.search(**search)
    assert answer == answer_of(known_catalog, search)
    assert not any("крыт" in part["name"] for part in answer["response"])
    if not search:
        assert answer["count"] == written(len(shown))
        assert answer["summ"] == written(sum((Decimal(part.price) for part in shown), Decimal(0)))
