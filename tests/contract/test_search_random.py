"""Random searches by POST and GET: every service answers as the oracle."""

import unicodedata
from decimal import Decimal
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import truncate_catalog
from tests.contract.service_client import Service, as_read_from_query, search_result, to_json, to_query
from tests.support.catalog_data import KNOWN_CATALOG, LARGEST_ID, Catalog, Mark, Model, Part
from tests.support.oracle import answer_of, read_json

_SPACES = st.sampled_from([" ", "  ", "\u00a0", "\t", "\u2003 \n"])
_LETTERS = "абеёЁЕЖжйЙaAbBéÉ01%_\\'\". \u0308\u0301\u200b\u00adＡ％ﬁ²№"
_TEXTS = st.text(_LETTERS, max_size=4)
_CENT = Decimal("0.01")
_HIGHEST = Decimal("9999999999.99")
_PRICES = st.decimals(0, _HIGHEST, places=2) | st.decimals(0, 3000, places=3)
_KEYS = ["color", "is_new_part", "count", "oem", "ratio", "a b", ""]
_FIELDS = ["mark_name", "mark_list", "model_name", "model_list", "part_name", "producer_country_name"]
_FIELDS += ["params", "price_gte", "price_lte", "page"]
_NOISE = st.integers(0, 5).map(lambda number: number == 0)
"""Whether a value is unrelated to any part; rarely true, since a search without results tests little."""


@st.composite
def _respelled(draw: st.DrawFn, text: str) -> str:
    """Return ``text`` in a spelling that the contract treats as equal."""
    if draw(st.booleans()):
        text = text.translate(str.maketrans("ёЁеЕ", "еЕёЁ"))
    text = draw(st.sampled_from([text.lower(), text.upper(), text.title(), text]))
    text = draw(_SPACES).join(text.split(" "))
    if draw(st.booleans()):
        text = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"])), text)
    text = draw(st.sampled_from(["", "", "\u200b", "\u00ad", "\ufeff"])).join(text)
    return (draw(st.sampled_from(["", " ", "\u00a0\t"])) + text)[:200]


@st.composite
def _piece(draw: st.DrawFn, text: str) -> str:
    """Return a piece of ``text``, sometimes all of it, respelled."""
    first = draw(st.integers(0, len(text)) | st.just(0))
    return draw(_respelled(text[first : first + draw(st.integers(1, 12))]))


def _params_of(attributes: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return ``params`` that match these attributes, or nearly: in another spelling or type."""
    known = {
        key: _respelled(value) if isinstance(value, str) else st.just(value)
        for key, value in attributes.items()
        if isinstance(value, bool | str | Decimal)
    }
    values = st.booleans() | st.none() | _TEXTS | st.sampled_from(["1", "true", "null", "0.1", "белый"])
    numbers = st.sampled_from([0, 1, 2, 100, Decimal("1.0"), Decimal("1e2"), Decimal("0.10"), Decimal("-0.0")])
    invented = st.dictionaries(st.sampled_from(_KEYS), values | numbers, min_size=1, max_size=1)
    return st.one_of(*[st.fixed_dictionaries({key: value}) for key, value in known.items()], invented).flatmap(
        lambda first: st.fixed_dictionaries({}, optional=known).map(lambda more: {**more, **first}) | st.just(first)
    )


def _around(ids: list[int], wanted: int) -> st.SearchStrategy[list[int]]:
    others = st.lists(st.sampled_from([*ids, 0, -1, 2**63, LARGEST_ID]), max_size=3)
    return others.flatmap(lambda rest: st.permutations([wanted, *rest])).map(list)


def _value(catalog: Catalog, part: Part, name: str) -> st.SearchStrategy[Any]:
    """Return a value of the field ``name`` that ``part`` matches, or nearly."""
    mark = next(mark for mark in catalog.marks if mark.id == part.mark_id)
    model = next(model for model in catalog.models if model.id == part.model_id)
    price = Decimal(part.price)
    matching: dict[str, st.SearchStrategy[Any]] = {
        "mark_name": _piece(mark.name),
        "mark_list": _around([mark.id for mark in catalog.marks], mark.id),
        "model_name": _piece(model.name),
        "model_list": _around([model.id for model in catalog.models], model.id),
        "part_name": _piece(part.name),
        "producer_country_name": _respelled(mark.producer_country_name),
        "params": _params_of(read_json(part.json_data, Decimal)),
        "price_gte": st.sampled_from([price, max(price - _CENT, Decimal(0)), price + Decimal("0.001")]),
        "price_lte": st.sampled_from([price, price + _CENT, max(price - Decimal("0.001"), Decimal(0))]),
        "page": st.integers(1, 4),
    }
    return matching[name].map(lambda value: min(value, _HIGHEST) if name.startswith("price") else value)


_UNRELATED: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(_FIELDS, _TEXTS | st.none()),
    **dict.fromkeys(["mark_list", "model_list"], st.lists(st.integers(-5, 70), max_size=2) | st.none()),
    **dict.fromkeys(["price_gte", "price_lte"], _PRICES | st.none()),
    "params": _params_of({}),
    "page": st.sampled_from([None, 5, 6, 9, 1_000_000]),
}


@st.composite
def searches(draw: st.DrawFn, catalog: Catalog) -> dict[str, Any]:
    """Return a search of one to four fields. Most values match one part, so that most searches find it."""
    part = draw(st.sampled_from(catalog.parts)) if catalog.parts else None
    names = draw(st.lists(st.sampled_from(_FIELDS), min_size=1, max_size=4, unique=True))
    return {
        name: draw(_UNRELATED[name] if part is None or draw(_NOISE) else _value(catalog, part, name)) for name in names
    }


def _check(services: tuple[Service, ...], catalog: Catalog, search: dict[str, Any]) -> None:
    """Assert that all services answer ``search`` by POST and GET as the oracle, the tuned ones byte for byte alike."""
    _check_answers([service.post(search) for service in services], answer_of(catalog, search), search)
    if [] not in search.values():
        expected = answer_of(catalog, as_read_from_query(search))
        _check_answers([service.get(to_query(search)) for service in services], expected, search)


def _check_answers(answers: list[httpx.Response], expected: dict[str, Any], search: dict[str, Any]) -> None:
    for answer in answers:
        assert search_result(answer) == expected, (answer.request.method, answer.headers["X-Engine"], to_json(search))
    # The plain services may write the white space of JSON differently.
    assert len({answer.content for answer in answers[:2]}) == 1


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(search=searches(KNOWN_CATALOG))
def test_any_search_matches_the_oracle(
    services: tuple[Service, ...], known_catalog: Catalog, search: dict[str, Any]
) -> None:
    _check(services, known_catalog, search)


@st.composite
def _catalogs(draw: st.DrawFn) -> Catalog:
    """Return a catalog of a few marks, models and parts in a small alphabet, so that searches match."""
    shown = st.integers(0, 5).map(lambda number: number > 0)
    countries = st.sampled_from(["Япония", "япония ", "Россия", ""])
    marks = [Mark(id_, draw(_TEXTS), draw(countries), draw(shown)) for id_ in range(1, draw(st.integers(2, 4)))]
    models = [Model(id_, draw(_TEXTS), draw(st.sampled_from(marks)).id, draw(shown)) for id_ in range(1, 5)]
    parts = []
    for id_ in draw(st.lists(st.integers(1, 500) | st.just(LARGEST_ID), min_size=4, max_size=25, unique=True)):
        model = draw(st.sampled_from(models))
        price = str(draw(st.decimals(0, 5, places=2) | st.decimals(0, Decimal("9999999999.99"), places=2)))
        parts.append(Part(id_, draw(_TEXTS), model.id, model.mark_id, price, draw(_json_data()), draw(shown)))
    return Catalog(marks, models, parts)


def _json_data() -> st.SearchStrategy[str]:
    numbers = st.sampled_from([Decimal(text) for text in ("0", "1", "1.0", "1e2", "100", "0.1", "0.10", "2005")])
    flat = _TEXTS | st.booleans() | st.none() | numbers
    values = flat | st.lists(flat, max_size=2) | st.dictionaries(st.sampled_from(_KEYS), flat, max_size=2)
    return st.dictionaries(st.sampled_from(_KEYS), values, max_size=4).map(to_json)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_catalog_matches_the_oracle(
    services: tuple[Service, ...], migrated_database: str, data: st.DataObject
) -> None:
    catalog = data.draw(_catalogs())
    truncate_catalog(migrated_database)
    catalog.insert(migrated_database)
    for _ in range(3):
        _check(services, catalog, data.draw(searches(catalog)))
