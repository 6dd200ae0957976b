from pathlib import Path

import pytest

from partsearch.price_list.list_name import default_source


@pytest.mark.parametrize(
    ("file_name", "source", "taken_off"),
    [
        ("прайс 01.11.2026.csv", "прайс", "01.11.2026"),
        ("прайс 01.11.26.csv", "прайс", "01.11.26"),
        ("Прайс 01.11.xlsx", "Прайс", "01.11"),
        ("Прайс-лист от 1.11.2026 г.xlsx", "Прайс-лист", "от 1.11.2026 г"),
        ("прайс (01.11.2026) опт.xls", "прайс опт", "01.11.2026"),
        ("прайс ноябрь 2026.csv", "прайс", "ноябрь 2026"),
        ("npn_2018-11-19.csv", "npn", "2018-11-19"),
        ("price_20261101_1230.csv", "price", "20261101_1230"),
        ("export_2026-11-01T12-30-15.csv", "export", "2026-11-01T12-30-15"),
        ("ostatki20261101.csv", "ostatki", "20261101"),
        ("sklad_11_2026.xls", "sklad", "11_2026"),
        ("prom_ua_2026.xlsx", "prom_ua", "2026"),
        ("price (1).csv", "price", "(1)"),
        ("price - копия.csv", "price", "копия"),
        ("price \N{EM DASH} копия (2).xlsx", "price", "(2), копия"),
        ("price copy.csv", "price", "copy"),
        ("Copy of price.csv", "price", "Copy of"),
        ("price_v2.csv", "price", "v2"),
        ("price.csv.1", "price", ""),
        ("price.2026-11-01.csv.zip", "price", "2026-11-01"),
        ("ostatki 2026_11_01 (2).csv", "ostatki", "(2), 2026_11_01"),
        ("ВАЗ 2110.csv", "ВАЗ 2110", ""),
        ("sklad 3.csv", "sklad 3", ""),
        ("bmw_used_cp1251.csv", "bmw_used_cp1251", ""),
        ("bazon-drom.csv", "bazon-drom", ""),
        ("Е\u0308мобиль.csv", "Ёмобиль", ""),
        ("01.11.2026.csv", "list", "01.11.2026"),
        ("(1).csv", "list", "(1)"),
        ("...", "list", ""),
        ("a\x1b[31m\nb.csv", "a [31m b", ""),
        ("-", "stdin", ""),
    ],
)
def test_the_source_is_the_name_of_the_file_without_dates_and_copies(
    file_name: str, source: str, taken_off: str
) -> None:
    found = default_source(Path(file_name))
    assert (found.name, found.taken_off) == (source, taken_off)
