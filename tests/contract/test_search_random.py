"""Searches that nobody thought of, answered by both services as the contract says, over two methods."""

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.catalog_data import KNOWN_CATALOG, LARGEST_ID, Catalog, Mark, Model, Part
from tests.conftest import truncate_catalog
from tests.contract.asking import SEARCH, Service, found, to_json, to_query
from tests.oracle import answer_of, read_json

_SPACES = st.sampled_from([" ", "  ", "\u00a0", "\t", "\u2003 \n"])
_LETTERS = "абеёЁЕЖжaAbB01%_\\'\". "
_TEXTS = st.text(_LETTERS, max_size=4)
_PRICES = st.decimals(0, Decimal("9999999999.99"), places=2) | st.decimals(0, 3000, places=3)
_KEYS = ["color", "is_new_part", "count", "oem", "ratio", "a b", ""]


@st.composite
def _respelled(draw: st.DrawFn, text: str) -> str:
    """``text``, or a piece of it, in a spelling that the contract takes for the same."""
    if draw(st.booleans()):
        first = draw(st.integers(0, len(text)))
        text = text[first : first + draw(st.integers(0, 8))]
    if draw(st.booleans()):
        text = text.translate(str.maketrans("ёЁеЕ", "еЕёЁ"))
    respell = draw(st.sampled_from([str.lower, str.upper, str.title, str]))
    text = draw(_SPACES).join(respell(text).split(" "))
    return (draw(st.sampled_from(["", " ", "\u00a0\t"])) + text)[:200]


def _texts_like(names: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(names).flatmap(_respelled) | _TEXTS


def _attributes(catalog: Catalog) -> list[tuple[str, Any]]:
    """The keys and values of the catalog that can be asked for."""
    return [
        (key, value)
        for part in catalog.parts
        for key, value in read_json(part.json_data, Decimal).items()
        if isinstance(value, bool | str | Decimal) and not (isinstance(value, str) and len(value) > 190)
    ]


def _params_like(attributes: list[tuple[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """``params`` that some part has, or nearly: another spelling, another type, another key."""

    def respelled(pair: tuple[str, Any]) -> st.SearchStrategy[tuple[str, Any]]:
        key, value = pair
        return st.tuples(st.just(key), _respelled(value) if isinstance(value, str) else st.just(value))

    known = st.sampled_from(attributes).flatmap(respelled)
    values = st.booleans() | st.none() | _TEXTS | st.sampled_from(["1", "true", "null", "0.1", "белый"])
    numbers = st.sampled_from([0, 1, 2, 100, Decimal("1.0"), Decimal("1e2"), Decimal("0.10"), Decimal("-0.0")])
    invented = st.tuples(st.sampled_from(_KEYS), values | numbers)
    return st.lists(known | invented, max_size=3).map(dict)


def _ids_like(ids: list[int]) -> st.SearchStrategy[list[int]]:
    return st.lists(st.sampled_from(ids) | st.sampled_from([0, -1, 2**63, LARGEST_ID]), max_size=4)


def _searches(catalog: Catalog) -> st.SearchStrategy[dict[str, Any]]:
    prices = st.sampled_from([Decimal(part.price) for part in catalog.parts] or [Decimal(0)])
    bounds = prices | prices.map(lambda price: min(price + Decimal("0.005"), Decimal("9999999999.99"))) | _PRICES
    return st.fixed_dictionaries(
        {},
        optional={
            "mark_name": _texts_like([mark.name for mark in catalog.marks]),
            "mark_list": _ids_like([mark.id for mark in catalog.marks]),
            "model_name": _texts_like([model.name for model in catalog.models]),
            "model_list": _ids_like([model.id for model in catalog.models]),
            "part_name": _texts_like([part.name for part in catalog.parts] or [""]),
            "producer_country_name": _texts_like([mark.producer_country_name for mark in catalog.marks]),
            "params": _params_like(_attributes(catalog) or [("color", "белый")]),
            "price_gte": st.none() | bounds,
            "price_lte": st.none() | bounds,
            "page": st.none() | st.integers(1, 7) | st.just(1_000_000),
        },
    )


def _few_fields(catalog: Catalog) -> st.SearchStrategy[dict[str, Any]]:
    """Searches of one to three fields: the more fields hold together, the fewer parts are found."""

    def some(search: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        names = st.lists(st.sampled_from(sorted(search)), max_size=3, unique=True) if search else st.just([])
        return names.map(lambda chosen: {name: search[name] for name in chosen})

    return _searches(catalog).flatmap(some)


def _check(services: tuple[Service, Service], catalog: Catalog, search: dict[str, Any]) -> None:
    """Both services answer ``search`` as the oracle does, as a POST and as a GET."""
    expected = answer_of(catalog, search)
    for service in services:
        assert found(service.post(search)) == expected, (service.engine, to_json(search))
        if [] not in search.values():
            query = to_query(search)
            assert found(service.ask("GET", f"{SEARCH}?{query}")) == expected, (service.engine, query)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(search=_few_fields(KNOWN_CATALOG))
def test_few_fields(services: tuple[Service, Service], known_catalog: Catalog, search: dict[str, Any]) -> None:
    _check(services, known_catalog, search)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(search=_searches(KNOWN_CATALOG))
def test_many_fields(services: tuple[Service, Service], known_catalog: Catalog, search: dict[str, Any]) -> None:
    _check(services, known_catalog, search)


@st.composite
def _catalogs(draw: st.DrawFn) -> Catalog:
    """A catalog of a few marks and models and up to twenty-five parts, in a small alphabet so that things match."""
    shown = st.sampled_from([True, True, True, False])
    countries = st.sampled_from(["Япония", "япония ", "Россия", ""])
    marks = [Mark(id_, draw(_TEXTS), draw(countries), draw(shown)) for id_ in range(1, draw(st.integers(2, 4)))]
    models = [Model(id_, draw(_TEXTS), draw(st.sampled_from(marks)).id, draw(shown)) for id_ in range(1, 5)]
    parts = []
    for id_ in draw(st.lists(st.integers(1, 500) | st.just(LARGEST_ID), max_size=25, unique=True)):
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
def test_any_catalog(services: tuple[Service, Service], migrated_database: str, data: st.DataObject) -> None:
    catalog = data.draw(_catalogs())
    truncate_catalog(migrated_database)
    catalog.insert(migrated_database)
    for _ in range(3):
        _check(services, catalog, data.draw(_few_fields(catalog)))
