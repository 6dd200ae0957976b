"""GET: the same search in the query string."""

from urllib.parse import quote

import pytest

from tests.contract.asking import SEARCH, Service, found, names
from tests.contract.test_filters import BUMPERS, FRONT, GRILLE, LEFT, LOUD_SENSOR, PERCENT, PERCENT_X, REAR, SENSOR
from tests.support.catalog_data import LARGEST_ID, Catalog
from tests.support.oracle import answer_of

pytestmark = pytest.mark.usefixtures("known_catalog")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("part_name=%D0%B1%D0%B0%D0%BC%D0%BF", BUMPERS),
        ("part_name=%d0%91%d0%90%d0%9c%d0%9f", BUMPERS),
        (f"part_name={quote('решетка бамп')}&price_gte=1", [GRILLE]),
        (f"part_name={quote('бампер')}+{quote('задний')}", [REAR]),
        (f"part_name=+++{quote('бампер')}%20%20%C2%A0{quote('задний')}+", [REAR]),
        ("part_name=100%25", [PERCENT]),
        ("part_name=100%", [PERCENT]),
        ("part_name=100%zz", []),
        ("part_name=new_p", ["new_part"]),
        ("part_name=a%5Cb", ["a\\b \\\\ c"]),
        ("mark_name=%3Db%26", []),
        ("mark_list=1&mark_list=3&part_name=%D0%B1%D0%B0%D0%BC%D0%BF", [FRONT, REAR, LEFT]),
        (f"mark_list={LARGEST_ID}", [SENSOR, LOUD_SENSOR]),
        (f"mark_list=-1&mark_list={10**40}&mark_list={LARGEST_ID}.0", [SENSOR, LOUD_SENSOR]),
        ("mark_list=&mark_list=4&part_name=100", [PERCENT, PERCENT_X]),
        ("model_list=11&model_list=12&price_lte=1", [LEFT]),
        ("%6Dark_list=4&part%5Fname=100", [PERCENT, PERCENT_X]),
        ("price_gte=2300&price_lte=2300", [FRONT, REAR]),
        ("price_gte=23e2&price_lte=2.3E%2B3", [FRONT, REAR]),
        ("price_gte=+2300.00+&price_lte=2300.000", [FRONT, REAR]),
        ("price_gte=0.1&price_lte=0.2", [LEFT, LOUD_SENSOR]),
        (f"producer_country_name={quote('РОССИЯ')}&mark_list=7&price_lte=4", [""]),
    ],
)
def test_fields(service: Service, query: str, expected: list[str]) -> None:
    assert names(service.get(query)) == expected


def params(**values: str) -> str:
    """Return ``params`` as a query string, with the values as given."""
    return "&".join(f"params.{quote(key)}={quote(value)}" for key, value in values.items())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("params.color=белый&params.is_new_part=false", [SENSOR]),
        ("params.color=белый&params.is_new_part=true", [LOUD_SENSOR]),
        ('params.color="белый"&params.is_new_part=true', [LOUD_SENSOR]),
        ("params.color= Чёрный &part_name=задний", [REAR]),
        ('params.is_new_part="true"', [PERCENT]),
        ("params.is_new_part=1", [PERCENT_X]),
        ("params.is_new_part=1.0", [PERCENT_X]),
        ("params.is_new_part=True", [PERCENT]),
        ("params.is_new_part= true ", [FRONT, LEFT, PERCENT, LOUD_SENSOR]),
        ("params.count=1&part_name=бампер", [REAR, LEFT]),
        ("params.count=1e0&part_name=бампер", [REAR, LEFT]),
        ("params.count=1", [REAR, LEFT, PERCENT]),
        ('params.count="1"', [PERCENT]),
        ("params.count=true", [PERCENT_X]),
        ("params.count=01", []),
        ("params.ratio=0.10", ["new_part", "newxpart"]),
        ("params.oem=50%_off", ["a\\b \\\\ c"]),
        ("params.k.e.y=dots&params.a b=spaces", ["Ключи"]),
        ("params.🔑=😀 emoji", ["Ключи"]),
        ("params.=пустой ключ", ["Junk 3"]),
        ("params.color=null&params.count=&params.article=' \"&part_name=бампер задний", []),
        ("params.color=null&params.count=&part_name=бампер задний", [REAR]),
        ("params.color=&params.is_new_part=&part_name=бампер задний", [REAR]),
        ("params.color=NaN", []),
        ("params.color=Infinity", []),
        ("params.color=[", []),
        ("params.color={", []),
        ("params.color=" + "[" * 150, []),
    ],
)
def test_params_are_json_where_they_can_be(service: Service, query: str, expected: list[str]) -> None:
    answer = names(service.get(quote(query, safe="&=.")))
    assert [name for name in answer if not name.startswith("Фильтр")] == expected


@pytest.mark.parametrize(
    "query",
    [
        *("", "&", "&&&", "part_name", "part_name=", "part_name=+%09", "mark_list=", "mark_list&model_list="),
        *("page=", "page=1", "page=1.0", "price_gte=&price_lte="),
        *("params.color=", "params.color=%22%20%22", "params.x=null"),
    ],
)
def test_no_filter(service: Service, known_catalog: Catalog, query: str) -> None:
    assert found(service.get(query)) == answer_of(known_catalog, {})


def test_no_query_string_at_all(service: Service, known_catalog: Catalog) -> None:
    assert found(service.ask("GET", SEARCH)) == answer_of(known_catalog, {})


@pytest.mark.parametrize("page", [2, 8, 9, 1_000_000])
def test_pages(service: Service, known_catalog: Catalog, page: int) -> None:
    assert found(service.get(f"page={page}")) == answer_of(known_catalog, {"page": page})


def test_a_thousand_of_the_longest_ids(service: Service) -> None:
    query = "&".join(f"mark_list={LARGEST_ID - number}" for number in range(1000))
    assert names(service.get(query)) == [SENSOR, LOUD_SENSOR]


def test_the_body_of_a_get_is_ignored(service: Service) -> None:
    answer = service.ask("GET", f"{SEARCH}?mark_list={LARGEST_ID}", b'{"mark_list": [1]}')
    assert names(answer) == [SENSOR, LOUD_SENSOR]
    assert names(service.get(f"mark_list={LARGEST_ID}")) == [SENSOR, LOUD_SENSOR]
