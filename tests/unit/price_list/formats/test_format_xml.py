import zipfile
from pathlib import Path

import pytest
from tests.support.price_lists import describe, failure_of, read_cells, write

from partsearch.price_list.errors import DamagedFileError, TooLargeError, UnsupportedFormatError

YML = """<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE yml_catalog SYSTEM "shops.dtd">
<yml_catalog><shop><categories><category id="1">Кузов</category>
<category id="2" parentId="1">Фары</category></categories>
<offers>
<offer id="7" available="true"><price>1500.00</price><categoryId>2</categoryId><picture>a.jpg</picture>
<picture>b.jpg</picture><description><![CDATA[<b>Новая</b>]]></description><param name="Вес" unit="кг">2</param></offer>
<offer id="8"><price>9</price><categoryId>5</categoryId><vendorCode>D-1</vendorCode><param name="Цвет">белый</param>
<outlets><outlet id="1" instock="3"/></outlets></offer>
</offers></shop></yml_catalog>"""


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16"])
def test_reads_yml(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, YML.format(encoding=encoding).encode(encoding))
    header, first, second = read_cells(path)
    assert dict(zip(header, first, strict=True)) == {
        "id": "7",
        "available": "true",
        "price": "1500.00",
        "category": "Кузов / Фары",
        "picture": "a.jpg, b.jpg",
        "description": "<b>Новая</b>",
        "Вес": "2 кг",
        "vendorCode": "",
        "Цвет": "",
        "outlets": "",
        "count": "",
    }
    assert dict(zip(header, second, strict=True)) == {
        "id": "8",
        "available": "",
        "price": "9",
        "category": "5",
        "picture": "",
        "description": "",
        "Вес": "",
        "vendorCode": "D-1",
        "Цвет": "белый",
        "outlets": "3",
        "count": "3",
    }
    [table] = describe(path)
    assert (table.format, table.has_known_header) == ("yml", True)


def test_reads_avito_and_drom(tmp_path: Path) -> None:
    avito = '<Ads formatVersion="3"><Ad><Id>1</Id><Images><Image url="a"/><Image url="b"/></Images></Ad></Ads>'
    assert read_cells(write(tmp_path, avito)) == [["Id", "Images"], ["1", "a, b"]]
    drom = "<offers><offer><name>Фара</name><price>7</price></offer></offers>"
    assert describe(write(tmp_path, drom))[0].format == "drom"
    assert read_cells(write(tmp_path, drom)) == [["name", "price"], ["Фара", "7"]]


COMMERCEML = """<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_3"><Классификатор>
<Группы><Группа><Ид>g1</Ид><Наименование>Кузов</Наименование><Группы><Группа><Ид>g2</Ид><Наименование>Фары</Наименование>
</Группа></Группы></Группа></Группы>
<Свойства><Свойство><Ид>p1</Ид><Наименование>Сторона</Наименование></Свойство></Свойства></Классификатор>
<Каталог><Товары><Товар><Ид>1</Ид><Артикул>F-1</Артикул><Наименование>Фара</Наименование><Группы><Ид>g2</Ид></Группы>
<Изготовитель><Ид>m</Ид><Наименование>TYC</Наименование></Изготовитель>
<ЗначенияСвойств><ЗначенияСвойства><Ид>p1</Ид><Значение>левая</Значение></ЗначенияСвойства></ЗначенияСвойств></Товар>
<Товар><Ид>2</Ид><Артикул>F-2</Артикул><Наименование>Диск</Наименование></Товар></Товары></Каталог>
<ПакетПредложений><Предложения><Предложение><Ид>1#x</Ид><Наименование>Фара (белая)</Наименование>
<Цены><Цена><ИдТипаЦены>a</ИдТипаЦены><ЦенаЗаЕдиницу>1500</ЦенаЗаЕдиницу><Валюта>руб</Валюта></Цена>
<Цена><ИдТипаЦены>b</ИдТипаЦены><ЦенаЗаЕдиницу>1200</ЦенаЗаЕдиницу></Цена></Цены>
<Склад КоличествоНаСкладе="2"/><Склад КоличествоНаСкладе="3"/></Предложение></Предложения></ПакетПредложений>
</КоммерческаяИнформация>"""


def test_reads_commerceml_with_goods_and_offers_joined(tmp_path: Path) -> None:
    path = write(tmp_path, COMMERCEML)
    header, first, second = read_cells(path)
    assert dict(zip(header, first, strict=True)) == {
        "Ид": "1#x",
        "Артикул": "F-1",
        "Наименование": "Фара (белая)",
        "Изготовитель": "TYC",
        "Группа": "Кузов / Фары",
        "Сторона": "левая",
        "Цена": "1500",
        "Валюта": "руб",
        "Количество": "5",
    }
    assert dict(zip(header, second, strict=True))["Артикул"] == "F-2"
    assert describe(path)[0].format == "commerceml"


def test_offers_of_commerceml_without_goods_are_rows(tmp_path: Path) -> None:
    text = COMMERCEML[: COMMERCEML.index("<Каталог>")] + COMMERCEML[COMMERCEML.index("<ПакетПредложений>") :]
    header, first = read_cells(write(tmp_path, text))
    assert dict(zip(header, first, strict=True))["Цена"] == "1500"


@pytest.mark.parametrize(
    ("names", "titles"),
    [
        (("Оптовая", "Розничная"), ["Цена (Оптовая)", "Цена розничная"]),
        (("Закупочная", "Основная"), ["Цена (Закупочная)", "Цена"]),
        (("Оптовая", "Дилер"), ["Цена (Оптовая)", "Цена (Дилер)"]),
    ],
)
def test_each_type_of_price_of_commerceml_is_a_column(
    tmp_path: Path, names: tuple[str, str], titles: list[str]
) -> None:
    types = "".join(
        f"<ТипЦены><Ид>{number}</Ид><Наименование>{name}</Наименование></ТипЦены>"
        for number, name in zip("ab", names, strict=True)
    )
    text = COMMERCEML.replace("<ПакетПредложений>", f"<ПакетПредложений><ТипыЦен>{types}</ТипыЦен>")
    header, first, _ = read_cells(write(tmp_path, text))
    found = {title: cell for title, cell in zip(header, first, strict=True) if title.startswith("Цена")}
    assert found == dict(zip(titles, ["1500 руб", "1200"], strict=True))


def test_the_stock_of_newer_commerceml_is_summed_up(tmp_path: Path) -> None:
    rest = "<Остаток><Склад><Ид>{0}</Ид><Количество>{0}</Количество></Склад></Остаток>"
    rests = f"<Остатки>{rest.format(2)}{rest.format(5)}</Остатки>"
    text = COMMERCEML.replace('<Склад КоличествоНаСкладе="2"/><Склад КоличествоНаСкладе="3"/>', rests)
    header, first, _ = read_cells(write(tmp_path, text))
    assert first[header.index("Количество")] == "7"


def test_entities_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><yml_catalog><offer><name>&a;</name></offer></yml_catalog>'
    assert "declares entities" in str(failure_of(write(tmp_path, bomb)))


@pytest.mark.parametrize(
    "text",
    [
        f"<yml_catalog><offer><name>{'x' * 5_000_000}</name></offer></yml_catalog>",
        f"<yml_catalog><offer>{'<a/>' * 100_001}</offer></yml_catalog>",
        f"<yml_catalog><offer id='{'x' * 5_000_000}'/></yml_catalog>",
        f"<yml_catalog><offer id='{'x' * 20_000_000}",
        f"<yml_catalog><offer>{'<a>' * 200}{'</a>' * 200}</offer></yml_catalog>",
        f"<Ads><Ad>{''.join(f'<c{number}/>' for number in range(17_000))}</Ad></Ads>",
    ],
    ids=["text", "elements", "attribute", "endless tag", "depth", "columns"],
)
def test_oversized_elements_are_refused(tmp_path: Path, text: str) -> None:
    assert isinstance(failure_of(write(tmp_path, text)), TooLargeError)


def test_other_or_damaged_xml_is_reported(tmp_path: Path) -> None:
    assert "root element is svg" in str(failure_of(write(tmp_path, "<svg/>")))
    assert isinstance(failure_of(write(tmp_path, "<svg/>")), UnsupportedFormatError)
    assert isinstance(failure_of(write(tmp_path, YML.format(encoding="utf-8")[:-20])), DamagedFileError)
    assert "no offers" in str(failure_of(write(tmp_path, "<yml_catalog/>")))
    undeclared = "<Ads><Ad><Id>ЖЪ</Id></Ad></Ads>".encode("cp1251")
    assert "--encoding" in failure_of(write(tmp_path, undeclared)).next_step
    assert read_cells(write(tmp_path, undeclared), encoding="cp1251") == [["Id"], ["ЖЪ"]]


AD = "<Ads><Ad><Id>1</Id><Title>Фара передняя левая, бампер задний</Title></Ad></Ads>"


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        ("windows-1251", "utf-8"),
        ("windows-1251", "utf-8-sig"),
        ("UTF-8", "cp1251"),
        ("", "cp1251"),
        ("utf-16", "utf-8"),
    ],
)
def test_a_wrong_declaration_of_the_encoding_makes_no_gibberish(tmp_path: Path, declared: str, actual: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    assert read_cells(write(tmp_path, (declaration + AD).encode(actual)))[1][1].startswith("Фара передняя левая")


def test_entities_of_html_are_read_and_others_are_damage(tmp_path: Path) -> None:
    for document_type in ("", '<!DOCTYPE Ads SYSTEM "shops.dtd">'):
        text = document_type + AD.replace("передняя левая", "передняя&nbsp;левая&mdash;новая")
        assert read_cells(write(tmp_path, text))[1][1].startswith("Фара передняя\xa0левая\u2014новая")
    assert "&nosuch; is not declared" in str(failure_of(write(tmp_path, AD.replace("левая", "&nosuch;"))))


def test_blanks_before_the_declaration_and_control_characters_do_no_harm(tmp_path: Path) -> None:
    text = '\n <?xml version="1.0"?>' + AD.replace("Фара", "\x0bФара\x1f")
    assert read_cells(write(tmp_path, text))[1][1].startswith("Фара передняя")


def test_offers_of_yml_without_a_name_are_named_by_their_parts(tmp_path: Path) -> None:
    parts = "<typePrefix>Рычаг</typePrefix><vendor>TRW</vendor><model>JTC1</model>"
    text = f'<yml_catalog><offer id="1" type="vendor.model">{parts}</offer></yml_catalog>'
    header, first = read_cells(write(tmp_path, text))
    found = dict(zip(header, first, strict=True))
    assert (found["name"], found["vendor"], "model" in found) == ("Рычаг TRW JTC1", "TRW", False)


def test_the_stock_of_points_of_sale_is_summed_up_unless_there_is_a_count(tmp_path: Path) -> None:
    outlets = '<outlets><outlet id="1" instock="3"/><outlet id="2" instock="4"/></outlets>'
    text = f"<yml_catalog><offer>{outlets}</offer><offer>{outlets}<count>5</count></offer></yml_catalog>"
    header, *rows = read_cells(write(tmp_path, text))
    assert [row[header.index("count")] for row in rows] == ["7", "5"]


@pytest.mark.parametrize("amount", ["3" * 5_000, "²", "много", "-2", "1.5"])
def test_a_stock_of_a_point_of_sale_that_is_no_whole_number_is_kept_as_it_is(tmp_path: Path, amount: str) -> None:
    outlets = f'<outlets><outlet id="1" instock="3"/><outlet id="2" instock="{amount}"/></outlets>'
    header, row = read_cells(write(tmp_path, f"<yml_catalog><offer>{outlets}</offer></yml_catalog>"))
    assert row[header.index("count")] == amount


@pytest.mark.parametrize(("root", "item", "name"), [("rss", "item", "rss"), ("feed", "entry", "atom")])
def test_reads_the_feeds_of_google_merchant(tmp_path: Path, root: str, item: str, name: str) -> None:
    goods = f"<{item}><title>Фара</title><g:price>5 RUB</g:price><g:mpn>A1</g:mpn></{item}>"
    path = write(tmp_path, f'<{root} xmlns:g="http://base.google.com/ns/1.0"><title>Магазин</title>{goods}</{root}>')
    assert describe(path)[0].format == name
    assert read_cells(path) == [["title", "price", "mpn"], ["Фара", "5 RUB", "A1"]]


IMPORT = COMMERCEML[: COMMERCEML.index("<ПакетПредложений>")] + "</КоммерческаяИнформация>"
OFFERS = COMMERCEML[: COMMERCEML.index("<Классификатор>")] + COMMERCEML[COMMERCEML.index("<ПакетПредложений>") :]
RESTS = """<КоммерческаяИнформация><ПакетПредложений><Предложения><Предложение><Ид>1#x</Ид><Количество>7</Количество>
</Предложение></Предложения></ПакетПредложений></КоммерческаяИнформация>"""


def test_goods_and_offers_of_commerceml_in_one_archive_are_joined(tmp_path: Path) -> None:
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("webdata/offers0_1.xml", OFFERS)
        archive.writestr("webdata/import0_1.xml", IMPORT)
        archive.writestr("webdata/import_files/1.jpg", b"\xff\xd8\xff")
    assert read_cells(path) == read_cells(write(tmp_path, COMMERCEML))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("webdata/rests0_1.xml", RESTS)
    header, first, _ = read_cells(path)
    found = dict(zip(header, first, strict=True))
    assert (found["Количество"], found["Цена"], found["Артикул"]) == ("7", "1500", "F-1")


def test_commerceml_beside_another_list_is_not_joined(tmp_path: Path) -> None:
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("import.xml", IMPORT)
        archive.writestr("list.csv", "a;b")
    assert "without a single price list" in str(failure_of(path))


def test_goods_of_commerceml_with_the_same_identifier_do_not_multiply(tmp_path: Path) -> None:
    good = IMPORT[IMPORT.index("<Товар>") : IMPORT.index("</Товары>")]
    offer = OFFERS[OFFERS.index("<Предложение>") : OFFERS.index("</Предложения>")]
    offers = "".join(offer.replace("1#x", f"1#{number}") for number in range(50))
    text = COMMERCEML.replace(good, good * 50).replace(offer, offers)
    assert isinstance(failure_of(write(tmp_path, text)), DamagedFileError)
