"""``params``: any key of ``json_data``, compared by type and by value."""

import pytest

from tests.contract.service_client import Service, names
from tests.contract.test_filters import FRONT, GRILLE, LEFT, LOUD_SENSOR, PERCENT, PERCENT_X, REAR, SENSOR
from tests.support.catalog_data import LONG_COLOR

pytestmark = pytest.mark.usefixtures("known_catalog")

LONG = "Long"
YO = "ё" * 400


def found_by(service: Service, params: str) -> list[str]:
    """Return the parts that match ``params``, without those that only fill pages."""
    answer = names(service.post(f'{{"params": {params}, "price_lte": 9999999999.99}}'.encode()))
    return [name for name in answer if not name.startswith("Фильтр")]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ('{"is_new_part": "true"}', [PERCENT]),
        ('{"is_new_part": " TRUE "}', [PERCENT]),
        ('{"is_new_part": 1}', [PERCENT_X]),
        ('{"is_new_part": 1.0}', [PERCENT_X]),
        ('{"is_new_part": 0}', ["Junk 4"]),
        ('{"is_new_part": "false"}', []),
        ('{"count": true}', [PERCENT_X]),
        ('{"count": false}', []),
        ('{"count": "1"}', [PERCENT]),
        ('{"color": true}', ["Junk 5"]),
        ('{"color": 5}', ["Junk 4"]),
        ('{"color": "5"}', []),
        ('{"color": 1}', []),
    ],
)
def test_types_never_mix(service: Service, params: str, expected: list[str]) -> None:
    assert found_by(service, params) == expected


@pytest.mark.parametrize("number", ["1", "1.0", "1.00000", "1e0", "10e-1", "0.1e1"])
def test_numbers_compare_by_value(service: Service, number: str) -> None:
    assert names(service.post(f'{{"params": {{"count": {number}}}, "part_name": "бамп"}}'.encode())) == [REAR, LEFT]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ('{"count": 100}', ["new_part", "newxpart"]),
        ('{"count": 1e2}', ["new_part", "newxpart"]),
        ('{"count": 1000e-1}', ["new_part", "newxpart"]),
        ('{"ratio": 0.1}', ["new_part", "newxpart"]),
        ('{"ratio": 0.100000000000000000000000000001}', []),
        ('{"ratio": 0.1000000000000000055511151231257827}', []),
        ('{"count": 0, "color": 5}', ["Junk 4"]),
        ('{"count": -0, "color": 5}', ["Junk 4"]),
        ('{"count": -0.0, "color": true}', ["Junk 5"]),
        ('{"count": 0e999999999999, "color": true}', ["Junk 5"]),
        ('{"count": 0e-999999999999999999999999, "color": true}', ["Junk 5"]),
        ('{"big": 12345678901234567890.123456789}', ["Junk 4"]),
        ('{"big": 12345678901234567890.123456788}', []),
        ('{"big": 12345678901234567890}', []),
        ('{"tiny": 1e-30}', ["Junk 5"]),
        ('{"tiny": 0.000000000000000000000000000001}', ["Junk 5"]),
        ('{"huge": 1e60}', ["Junk 5"]),
        ('{"huge": 1000000000000000000000000000000000000000000000000000000000000}', ["Junk 5"]),
        ('{"price": 5}', ["Junk 3"]),
    ],
)
def test_numbers_are_exact(service: Service, params: str, expected: list[str]) -> None:
    assert found_by(service, params) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ('{"color": "красный"}', [FRONT]),
        ('{"color": "Черный"}', [REAR, LEFT]),
        ('{"color": " ЧЁРНЫЙ "}', [REAR, LEFT]),
        ('{"color": "черн"}', []),
        ('{"color": "белый матовый"}', [GRILLE]),
        ('{"color": "БЕЛЫЙ"}', [SENSOR, LOUD_SENSOR]),
        ('{"color": "б%"}', []),
        ('{"color": "ёлочный", "side": "ЛЕВЫЙ"}', [YO]),
        ('{"path": "a\\\\b"}', ["a\\b \\\\ c"]),
        ('{"path": "A\\\\\\\\B"}', ["a\\\\b"]),
        ('{"oem": "50%_off"}', ["a\\b \\\\ c"]),
        ('{"article": "\'\\"; drop table PART; --"}', ['O\'Ring "2"']),
        ('{"k.e.y": "DOTS", "a b": "spaces"}', ["Ключи"]),
        ('{"🔑": "😀 EMOJI"}', ["Ключи"]),
        ('{"\\ud83d\\udd11": "\\ud83d\\ude00 emoji"}', ["Ключи"]),
        ('{"цвет": "еж"}', ["Ключи"]),
        ('{"цвет": "ёж", "ЦВЕТ": "ЁЖ"}', ["Ключи"]),
        ('{"Цвет": "ёж"}', []),
        ('{"Color": "красный"}', []),
        ('{" color": "красный"}', []),
        ('{"": "ПУСТОЙ ключ"}', ["Junk 3"]),
        ('{"nothing": "at all"}', []),
        ('{"is_new_part": false, "color": "белый"}', [SENSOR]),
        ('{"is_new_part": true, "color": "белый", "count": 2}', [LOUD_SENSOR]),
        ('{"is_new_part": true, "color": "белый", "count": 3}', []),
        ('{"is_new_part": true, "color": null, "count": 4, "oem": ""}', [FRONT]),
        ('{"null": "null"}', []),
    ],
)
def test_texts_compare_by_their_normalized_form(service: Service, params: str, expected: list[str]) -> None:
    shown = [name for name in found_by(service, params) if name not in ("Junk", "Junk 2")]
    assert shown == expected


def test_lists_and_objects_in_json_data_equal_nothing(service: Service) -> None:
    junk = ["Junk", "Junk 2"]
    for params in ('{"color": "красный"}', '{"is_new_part": true}', '{"count": 1}', '{"count": 2}'):
        assert not {*junk} & {*found_by(service, params)}, params


def test_a_long_text_does_not_match_its_prefix(service: Service) -> None:
    for length in (200, 199, 6):
        assert found_by(service, f'{{"color": "{LONG_COLOR[:length]}"}}') == []
    assert service.names(part_name=LONG) == [LONG]


def test_twenty_keys_are_allowed(service: Service) -> None:
    keys = ", ".join(f'"key{number}": null' for number in range(19))
    assert found_by(service, f'{{{keys}, "color": "красный"}}') == [FRONT]
