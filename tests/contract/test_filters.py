"""Each field of the search by itself: what it finds and what it does not."""

from typing import Any

import pytest

from tests.contract.asking import Service, names
from tests.support.catalog_data import LARGEST_ID, Catalog
from tests.support.oracle import answer_of

pytestmark = pytest.mark.usefixtures("known_catalog")

FRONT, REAR, LEFT = "Бампер передний", "БАМПЕР   ЗАДНИЙ", "бампер\u00a0передний левый"
GRILLE, GRILLE_WITHOUT_YO = "Решётка бампера", "Решетка бампера"
BUMPERS = [FRONT, REAR, LEFT, GRILLE, GRILLE_WITHOUT_YO]
SENSOR, LOUD_SENSOR = "😀 датчик 🔑", "ДАТЧИК"
BACKSLASHES = "a\\b \\\\ c"
PERCENT, PERCENT_X = "100% новый", "100x новый"
SPACED = " \t  Ведущие и хвостовые \n"


@pytest.mark.parametrize(
    ("part_name", "expected"),
    [
        ("бамп", BUMPERS),
        ("БаМп", BUMPERS),
        ("ампер пер", [FRONT, LEFT]),
        ("бампер передний", [FRONT, LEFT]),
        ("  бампер \t\u00a0 задний\n", [REAR]),
        ("решетка", [GRILLE, GRILLE_WITHOUT_YO]),
        ("РЕШЁТКА", [GRILLE, GRILLE_WITHOUT_YO]),
        ("йб", []),
        ("бампер  скрыт", []),
        ("хвостовые", [SPACED]),
        ("ведущие И хвостовые", [SPACED]),
        ("ё" * 200, ["ё" * 400]),
        ("е" * 200, ["ё" * 400]),
        ("тчи", [SENSOR, LOUD_SENSOR]),
        ("ч", ["Ключи", SENSOR, LOUD_SENSOR]),
        ("😀", [SENSOR]),
        ("ДАТЧИК", [SENSOR, LOUD_SENSOR]),
        ("датчик 🔑", [SENSOR]),
    ],
)
def test_part_name(service: Service, part_name: str, expected: list[str]) -> None:
    assert service.names(part_name=part_name) == expected


@pytest.mark.parametrize(
    ("part_name", "expected"),
    [
        ("%", [PERCENT]),
        ("100%", [PERCENT]),
        ("100% новый", [PERCENT]),
        ("100_ новый", []),
        ("100.", []),
        ("w_p", ["new_part"]),
        ("new_part", ["new_part"]),
        ("wxpa", ["newxpart"]),
        ("_", ["new_part"]),
        ("\\", [BACKSLASHES, "a\\\\b"]),
        ("\\\\", [BACKSLASHES, "a\\\\b"]),
        ("a\\b", [BACKSLASHES]),
        ("A\\\\B", ["a\\\\b"]),
        ("\\%", []),
        ("'", ['O\'Ring "2"']),
        ('"2"', ['O\'Ring "2"']),
        ("'; DROP TABLE part; --", []),
        ("%s %(name)s {} $1 :name ?", []),
    ],
)
def test_special_characters_are_ordinary(service: Service, part_name: str, expected: list[str]) -> None:
    assert service.names(part_name=part_name) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({"mark_name": "hon", "part_name": "бамп"}, [FRONT, REAR, LEFT]),
        ({"mark_name": " ЖИГУЛЕНОК ", "part_name": "бамп"}, [GRILLE, GRILLE_WITHOUT_YO]),
        ({"mark_name": "land rover"}, ['O\'Ring "2"', "Junk", "Junk 2", "Junk 3", "Junk 4", "Junk 5"]),
        ({"mark_name": "daewoo"}, []),
        ({"mark_name": "CITROËN", "params": {"side": "левый"}}, ["ё" * 400]),
        ({"mark_name": "0%_\\ o'neil \"q", "part_name": "x"}, [PERCENT_X, "newxpart"]),
        ({"mark_name": "елка 100"}, [SENSOR, LOUD_SENSOR]),
        ({"model_name": "type r"}, [LEFT]),
        ({"model_name": "«копейка»", "part_name": "бамп"}, [GRILLE, GRILLE_WITHOUT_YO]),
        ({"model_name": "_x\\Y", "part_name": "new"}, ["new_part", "newxpart"]),
        ({"model_name": "range rover", "part_name": "o"}, ['O\'Ring "2"']),
        ({"model_name": "hidden"}, []),
        ({"model_name": "nexia"}, []),
        ({"model_name": "accord", "part_name": "бамп"}, [FRONT, REAR]),
        ({"producer_country_name": "япония", "part_name": "бамп"}, [FRONT, REAR, LEFT]),
        ({"producer_country_name": "япони"}, []),
        ({"producer_country_name": " РОССИЯ ", "price_lte": 34}, [GRILLE_WITHOUT_YO, "", SPACED, SENSOR, LOUD_SENSOR]),
        ({"producer_country_name": "велико британия", "part_name": "o"}, ['O\'Ring "2"']),
        ({"producer_country_name": "Южная Корея"}, []),
    ],
)
def test_names_of_marks_models_and_countries(service: Service, search: dict[str, Any], expected: list[str]) -> None:
    assert [name for name in service.names(**search) if not name.startswith("Фильтр")] == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({"mark_list": [1], "part_name": "бамп"}, [FRONT, REAR, LEFT]),
        ({"mark_list": [2, 1, 2, 99], "part_name": "бамп"}, BUMPERS),
        ({"mark_list": [3]}, []),
        ({"mark_list": []}, []),
        ({"mark_list": [], "part_name": "бамп"}, []),
        ({"mark_list": [LARGEST_ID]}, [SENSOR, LOUD_SENSOR]),
        ({"mark_list": [LARGEST_ID + 1, -1, 0, 10**30, -(10**30)]}, []),
        ({"mark_list": [10**30, LARGEST_ID]}, [SENSOR, LOUD_SENSOR]),
        ({"model_list": [11], "part_name": "бамп"}, [LEFT]),
        ({"model_list": [12, 30]}, []),
        ({"model_list": []}, []),
        ({"model_list": [LARGEST_ID, 2**63]}, [SENSOR, LOUD_SENSOR]),
        ({"mark_list": [1], "model_list": [20]}, []),
        ({"mark_list": list(range(2, 1002)), "part_name": "бамп"}, [GRILLE, GRILLE_WITHOUT_YO]),
    ],
)
def test_lists_of_ids(service: Service, search: dict[str, Any], expected: list[str]) -> None:
    assert service.names(**search) == expected


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ('"price_gte": 2300, "price_lte": 2300', [FRONT, REAR]),
        ('"price_gte": 2300.00, "price_lte": 23e2', [FRONT, REAR]),
        ('"price_gte": 2299.999, "price_lte": 2300.001', [FRONT, REAR]),
        ('"price_gte": 2300.0000000000000000000000001, "price_lte": 2300.001', []),
        ('"price_gte": 2299.99, "price_lte": 2299.9999999999999999999999999', []),
        ('"price_lte": 0', [GRILLE_WITHOUT_YO]),
        ('"price_lte": -0', [GRILLE_WITHOUT_YO]),
        ('"price_lte": -0.0', [GRILLE_WITHOUT_YO]),
        ('"price_lte": 0.1', [LEFT, GRILLE_WITHOUT_YO, "new_part"]),
        ('"price_lte": 0.09999999999999999', [GRILLE_WITHOUT_YO, "new_part"]),
        ('"price_gte": 0.1, "price_lte": 0.2', [LEFT, LOUD_SENSOR]),
        ('"price_gte": 1e-999999, "price_lte": 0.01', ["new_part"]),
        ('"price_gte": 9999999999.99', [PERCENT, PERCENT_X]),
        ('"price_gte": 100872.35, "price_lte": 100872.35', [GRILLE]),
        ('"price_gte": 5, "price_lte": 4', []),
    ],
)
def test_prices_are_inclusive_and_exact(service: Service, bounds: str, expected: list[str]) -> None:
    assert names(service.post(f"{{{bounds}}}".encode())) == expected


BLANKS: list[dict[str, Any]] = [
    {},
    *({field: None} for field in ("mark_name", "mark_list", "model_list", "params", "price_gte", "price_lte", "page")),
    *({field: ""} for field in ("part_name", "producer_country_name", "mark_list", "params", "price_gte", "page")),
    *({field: " \t\u00a0\u3000\n"} for field in ("mark_name", "model_name", "part_name", "producer_country_name")),
    {"params": {}},
    {"params": {"color": None, "is_new_part": None}},
    {"params": {"color": "", "count": "", "nothing": " \u2003 "}},
]


@pytest.mark.parametrize("search", BLANKS, ids=repr)
def test_null_empty_and_absent_mean_no_filter(service: Service, known_catalog: Catalog, search: dict[str, Any]) -> None:
    assert service.search(**search) == answer_of(known_catalog, {})


def test_all_fields_hold_together(service: Service) -> None:
    search: dict[str, Any] = {
        "mark_name": "honda",
        "mark_list": [1, 2],
        "model_name": "accord",
        "model_list": [10, 20],
        "part_name": "бампер",
        "producer_country_name": "Япония",
        "params": {"is_new_part": True, "color": "красный", "count": 4},
        "price_gte": 2300,
        "price_lte": 2300,
        "page": 1,
    }
    assert service.names(**search) == [FRONT]
    misses: dict[str, Any] = {
        "mark_name": "ваз",
        "mark_list": [2],
        "model_name": "civic",
        "model_list": [11],
        "part_name": "задний",
    }
    misses |= {"producer_country_name": "Россия", "price_gte": 2301, "price_lte": 2299, "page": 2}
    for field, value in [*misses.items(), *(("params", {key: 7}) for key in search["params"])]:
        assert service.names(**{**search, field: value}) == [], field
