"""Tables one below the other, characteristics of prom.ua, and photos of several columns."""

from itertools import chain
from pathlib import Path

import pytest
from tests.support.price_lists import csv_table, write

from partsearch.price_list.formats import open_price_list
from partsearch.price_list.formats.characteristics import with_characteristics
from partsearch.price_list.layouts.from_profile import table_of_profile
from partsearch.price_list.layouts.layout import WarningKind
from partsearch.price_list.layouts.rows import RowKind, count_kinds
from partsearch.price_list.layouts.stacked import unstacked
from partsearch.price_list.profile import profile_of, read_profile, write_profile
from partsearch.price_list.recognise import choose_table
from partsearch.price_list.validate import ValidRow, validate

PATH = Path("list.csv")


def goods(text: str) -> list[ValidRow]:
    table, layout = choose_table([with_characteristics(csv_table(text), PATH)], PATH)
    return [row for row in validate(table.records(), layout) if isinstance(row, ValidRow)]


STACKED = """Прайс-лист;;
Наименование;Цена;Кол-во
Фара левая;1500;2
Диски;;
Цена;Наименование;Цвет;Остаток
700;Диск литой;серый;4
Наименование;Цена;Кол-во
Шина;900;1
"""


def test_rows_below_a_second_header_are_read_by_it() -> None:
    found = [(row.number, row.name, int(row.price), row.json_data) for row in goods(STACKED)]
    assert found == [
        (3, "Фара левая", 1500, {"count": 2}),
        (6, "Диск литой", 700, {"color": "серый", "count": 4}),
        (8, "Шина", 900, {"count": 1}),
    ]


def test_a_second_header_is_reported_and_its_row_counted() -> None:
    table, layout = choose_table([csv_table(STACKED)], PATH)
    assert [warning.detail for warning in layout.warnings if warning.kind is WarningKind.SECOND_HEADER] == [
        "row 5 names other columns, for the rows below it"
    ]
    assert count_kinds(table.records(), layout) == {
        RowKind.PREAMBLE: 1,
        RowKind.HEADER: 1,
        RowKind.GOODS: 3,
        RowKind.SECTION: 1,
        RowKind.REPEATED_HEADER: 2,
    }


def test_a_profile_reads_tables_one_below_the_other_alike() -> None:
    table, layout = choose_table([csv_table(STACKED)], PATH)
    profile = read_profile(write_profile(profile_of(layout)))
    again, again_layout = table_of_profile([csv_table(STACKED)], profile, PATH)
    assert list(validate(again.records(), again_layout)) == list(validate(table.records(), layout))


def test_a_table_without_a_second_header_stays_as_it_is() -> None:
    for text in ("Наименование;Цена\nФара;7\nНаименование;Цена\nДиск;8\n", "Фара;7\nДиск;8\n"):
        table = csv_table(text)
        assert unstacked(table) == (table, [])


@pytest.mark.parametrize("header", ["Наименование;Цена;" + ";".join(f"x{n}" for n in range(300)), "Наименование;Цена"])
def test_headers_without_end_are_not_followed(header: str) -> None:
    rows = chain.from_iterable((f"Цена;Наименование;Цвет {number}", f"{number};Фара") for number in range(1, 120))
    table, _ = unstacked(csv_table("\n".join((header, *rows))))
    assert max(len(record.cells) for record in table.records()) < 400


PROM_UA = """Код_товару;Назва_позиції;Ціна;Назва_Характеристики;Одиниця_виміру_Характеристики;Значення_Характеристики;\
Назва_Характеристики;Одиниця_виміру_Характеристики;Значення_Характеристики;Примітка
D-1;Фара;1500;Стан;;Новий;Вага;кг;2,5;перша
D-2;Диск;700;Колір;;Сірий;Стан;;Б/у;
D-3;Шина;900;Сторона;;Ліва;;;;друга
"""
PROM_RU = (
    PROM_UA.replace("Назва_Характеристики", "Название_Характеристики")
    .replace("Одиниця_виміру_Характеристики", "Измерение_Характеристики")
    .replace("Значення_Характеристики", "Значение_Характеристики")
)


@pytest.mark.parametrize("text", [PROM_UA, PROM_RU])
def test_characteristics_become_properties_by_their_names(text: str) -> None:
    first, second, third = goods(text)
    assert first.json_data == {"article": "D-1", "is_new_part": True, "Вага": "2,5 кг", "description": "перша"}
    assert second.json_data == {"article": "D-2", "color": "Сірий", "is_new_part": False}
    assert third.json_data["side"] == "левая"


def test_a_profile_keeps_characteristics() -> None:
    table, layout = choose_table([with_characteristics(csv_table(PROM_UA), PATH)], PATH)
    text = write_profile(profile_of(layout))
    assert 'meaning = "Вага"' in text
    again, again_layout = table_of_profile([with_characteristics(csv_table(PROM_UA), PATH)], read_profile(text), PATH)
    assert list(validate(again.records(), again_layout)) == list(validate(table.records(), layout))


def test_a_characteristic_that_is_named_like_the_price_does_not_replace_it() -> None:
    text = "Название;Цена;Название_Характеристики;Значение_Характеристики\nФара;7;Цена;9\nДиск;8;Название;Люкс\n"
    assert [(row.name, int(row.price)) for row in goods(text)] == [("Фара", 7), ("Диск", 8)]


def test_a_list_without_characteristics_stays_as_it_is() -> None:
    table = csv_table("Наименование;Цена;Характеристика\nФара;7;x\n")
    assert with_characteristics(table, PATH) is table


def test_characteristics_are_found_in_files(tmp_path: Path) -> None:
    with open_price_list(write(tmp_path, PROM_UA)) as [table]:
        header = next(iter(table.records())).cells
    assert header[3:] == ["Примітка", *(f"Характеристика: {name}" for name in ("Стан", "Вага", "Колір", "Сторона"))]


@pytest.mark.parametrize(
    "text",
    [
        "Наименование;Цена;Фото 1;Фото 2;Фото 3\nФара;7;https://a.test/1.jpg;;https://a.test/2.jpg\n",
        "Название_позиции;Цена;Ссылка_изображения\nФара;7;https://a.test/1.jpg, https://a.test/2.jpg\n",
        'Наименование;Цена;Фото\nФара;7;"https://a.test/1.jpg\nhttps://a.test/2.jpg"\n',
    ],
)
def test_all_photos_are_kept(text: str) -> None:
    [row] = goods(text)
    assert row.json_data["photo"] == ["https://a.test/1.jpg", "https://a.test/2.jpg"]


def test_prices_below_a_second_header_keep_its_currency() -> None:
    found = goods("Наименование;Цена, руб.\nФара;1500\nНаименование;Цена, USD\nШина;90,50\nДиск;70 EUR\n")
    assert [(str(row.price), row.json_data["currency"]) for row in found] == [
        ("1500.00", "RUB"),
        ("90.50", "USD"),
        ("70.00", "EUR"),
    ]
