"""XML of offers without a name, of CommerceML with several prices, and of kinds that are not known by their root."""

from pathlib import Path

import pytest
from tests.support.price_lists import describe, failure_of, read_cells, write

from partsearch.price_list.errors import TooLargeError, UnsupportedFormatError
from partsearch.price_list.formats import open_price_list
from partsearch.price_list.recognise import choose_table

COMMERCEML = """<КоммерческаяИнформация><ПакетПредложений><ТипыЦен>
<ТипЦены><Ид>1</Ид><Наименование>Закупочная</Наименование></ТипЦены>
<ТипЦены><Ид>2</Ид><Наименование>Розничная цена</Наименование></ТипЦены></ТипыЦен><Предложения>
<Предложение><Ид>t1</Ид><Наименование>Фара</Наименование><Цены>
<Цена><ИдТипаЦены>1</ИдТипаЦены><ЦенаЗаЕдиницу>1000</ЦенаЗаЕдиницу><Валюта>руб</Валюта></Цена>
<Цена><ИдТипаЦены>2</ИдТипаЦены><ЦенаЗаЕдиницу>1500</ЦенаЗаЕдиницу><Валюта>руб</Валюта></Цена></Цены>
</Предложение></Предложения></ПакетПредложений></КоммерческаяИнформация>"""

ITEMS = """<price><date>2026-11-01</date><categories><category><id>1</id><name>Щетки</name></category></categories>
<items>{items}</items></price>"""
ITEM = "<item><id>11</id><categoryId>1</categoryId><name>Щетка</name><priceRUAH>450</priceRUAH></item>"


def cells_by_header(path: Path) -> list[dict[str, str]]:
    header, *rows = read_cells(path)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_an_offer_without_a_name_is_named_by_its_kind_maker_and_model(tmp_path: Path) -> None:
    offers = (
        "<offer><typePrefix>Фара</typePrefix><vendor>DEPO</vendor><model>Opel Astra</model><price>5</price></offer>"
        "<offer><typePrefix>Фара</typePrefix><vendor>Opel</vendor><model>Opel Astra</model><price>5</price></offer>"
        "<offer><typePrefix>Фара</typePrefix><name>Капот</name><price>5</price></offer>"
    )
    path = write(tmp_path, f"<yml_catalog><shop><offers>{offers}</offers></shop></yml_catalog>")
    assert [row["name"] for row in cells_by_header(path)] == ["Фара DEPO Opel Astra", "Фара Opel Astra", "Капот"]


def test_the_prices_of_commerceml_are_told_apart_by_their_kind(tmp_path: Path) -> None:
    path = write(tmp_path, COMMERCEML)
    assert cells_by_header(path) == [
        {
            "Ид": "t1",
            "Наименование": "Фара",
            "Цена (Закупочная)": "1000 руб",
            "Цена розничная": "1500 руб",
        }
    ]
    with open_price_list(path) as tables:
        _, layout = choose_table(tables, path)
    meanings = {column.header: (str(column.meaning), column.is_imported) for column in layout.every_column}
    assert meanings["Цена (Закупочная)"] == ("purchase price", False)
    assert meanings["Цена розничная"] == ("price", True)


def test_the_goods_of_unknown_xml_are_the_elements_with_a_name_and_a_price(tmp_path: Path) -> None:
    path = write(tmp_path, ITEMS.format(items=ITEM + ITEM.replace("450", "460")))
    assert cells_by_header(path)[1] == {"id": "11", "category": "Щетки", "name": "Щетка", "priceRUAH": "460"}
    assert describe(path)[0].format == "xml"


def test_goods_may_be_attributes(tmp_path: Path) -> None:
    path = write(tmp_path, '<list><good name="Фара" price="5"/><good name="Капот" price="6"/></list>')
    assert cells_by_header(path) == [{"name": "Фара", "price": "5"}, {"name": "Капот", "price": "6"}]


@pytest.mark.parametrize("content", ["<list><a><name>Фара</name></a></list>", "<good name='Фара' price='5'/>"])
def test_xml_without_goods_is_refused(tmp_path: Path, content: str) -> None:
    assert isinstance(failure_of(write(tmp_path, content)), UnsupportedFormatError)


def test_unknown_xml_may_not_be_deep(tmp_path: Path) -> None:
    assert isinstance(failure_of(write(tmp_path, "<a>" * 5_000 + "</a>" * 5_000)), TooLargeError)
