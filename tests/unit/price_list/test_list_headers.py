import pytest

from partsearch.price_list.columns import Field
from partsearch.price_list.layouts.headers import may_hide_price, read_header


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("Найменування", "name"),
        ("Назва_позиції", "name"),
        ("Атауы", "name"),
        ("Ціна", "price"),
        ("Кошт", "price"),
        ("Баға", "price"),
        ("Опт. цена", "wholesale price"),
        ("Цена (крупный опт)", "wholesale price"),
        ("Старая цена", "old price"),
        ("Цена закуп.", "purchase price"),
        ("Себестоимость, руб", "purchase price"),
        ("Сумма закуп.", "purchase price"),
        ("Ціна_від", "None"),
        ("Штук в компл.", "None"),
        ("Мінімальне_замовлення_опт", "None"),
        ("Кол-во шт. в упаковке", "None"),
        ("Прайс на 19.11.2018", "None"),
        ("Марка, руб", "None"),
        ("Лев/Прав", "side"),
        ("Наименование производителя", "brand"),
        ("vendorCode", "article"),
        ("param: Марка", "mark"),
        ("Фото 2", "photo"),
        ("Номенклатура.Артикул", "article"),
        ("Доп. поле: Производитель", "brand"),
        ("Название объявления", "name"),
        ("Наименование (полное)", "name"),
        ("Состояние (новое/б/у)", "is_new_part"),
        ("Конечный остаток", "count"),
        ("Залишок на складі", "count"),
        ("Склад Москва", "warehouse count"),
        ("Склад: адрес", "None"),
        ("Наименование для печати", "name"),
        ("Наименование группы", "None"),
        ("Наименование марки", "None"),
        ("Sale price", "price"),
        ("№ произв.", "article"),
        ("Произв.", "brand"),
        ("№ п/п", "None"),
        ("Марка, модель", "applicability"),
        ("Марка (детали)", "brand"),
        ("Количество (в коробке)", "None"),
        ("Цена за 100 шт", "None"),
        ("Цена поставщика", "purchase price"),
        ("Цена до скидки", "old price"),
        ("In stock?", "available"),
        ("Фото1", "photo"),
        ("Цена1", "price"),
        ("PriceRUR", "price"),
        ("QuantityAvail", "count"),
        ("ModelName", "model"),
        ("БазоваяЕдиница", "unit"),
        ("Остаток Минск", "warehouse count"),
        ("Склад Центральный", "warehouse count"),
        ("Остаток мин.", "None"),
        ("Авто донор", "applicability"),
        ("Код 1С", "row id"),
        ("Доступность", "available"),
    ],
)
def test_a_header_has_its_meaning(header: str, meaning: str) -> None:
    assert str(read_header(header).meaning) == meaning


@pytest.mark.parametrize(
    ("header", "currency", "unit", "vat"),
    [
        ("Цена, руб./шт.", "RUB", "шт", ""),
        ("Цена с НДС", "", "", "с ндс"),
        ("Цена без НДС 20%, руб", "RUB", "", "без ндс 20%"),
        ("Ціна, грн з ПДВ", "UAH", "", "з пдв"),
        ("Цена бел. руб.", "BYN", "", ""),
        ("Баға, теңге", "KZT", "", ""),
        ("price_usd", "USD", "", ""),
        ("Цена на 01.02.2026", "", "", ""),
        ("Цена реализации Шт", "", "шт", ""),
    ],
)
def test_what_a_header_says_beside_its_meaning_is_noted(header: str, currency: str, unit: str, vat: str) -> None:
    reading = read_header(header)
    assert (reading.meaning, reading.currency, reading.unit, reading.vat) == (Field.PRICE, currency, unit, vat)
    assert not reading.is_exact


@pytest.mark.parametrize("header", ["Розничная цена", "Цена розница, руб", "Цена реализации", "РРЦ", "Retail price"])
def test_a_retail_price_is_known(header: str) -> None:
    assert read_header(header).is_retail
    assert not read_header("Цена").is_retail


def test_the_unit_of_a_count_is_noted() -> None:
    reading = read_header("Остаток, шт.")
    assert (str(reading.meaning), reading.unit) == ("count", "шт")


def test_the_price_of_a_city_may_be_the_price() -> None:
    assert may_hide_price("Цена Минск")
    assert may_hide_price("Прайс от 01.11.2026")
    assert not may_hide_price("Цена мин.")
