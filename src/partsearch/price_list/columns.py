"""The meanings of columns of a price list, and the headers that name them.

A new header is one more word in this table. Headers are compared after ``plain_header``. A column that is not here is
ignored and named in the report: it may be confidential. What a header says beside its meaning (currency, unit, VAT,
kind of price) is read by ``layouts.headers``; headers of one aggregator are in ``layouts.known``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from partsearch.contract.exported_list.part import JSON_HEADER, REFERENCE_HEADER
from partsearch.contract.text.normalized import normalize
from partsearch.price_list import values
from partsearch.price_list.values import Reader

_PUNCTUATION = re.compile(r"""[\s.,:;*#№?!"'’`«»“”()\[\]{}<>|=/\\_-]+""")


@lru_cache(maxsize=10_000)
def plain_header(header: str) -> str:
    """Return a header as text is compared, without punctuation."""
    return normalize(_PUNCTUATION.sub(" ", header))


class Field(StrEnum):
    """The columns of the table ``part``, and columns that decide about the row and are not stored as they are."""

    MARK = "mark"
    MODEL = "model"
    NAME = "name"
    PRICE = "price"
    ROW_ID = "row id"
    SUM = "sum"
    STATE = "state"
    WHOLESALE_PRICE = "wholesale price"
    OLD_PRICE = "old price"
    PURCHASE_PRICE = "purchase price"
    SOLD = "sold"
    WAREHOUSE_COUNT = "warehouse count"
    SECTION = "section"
    PART_REFERENCE = REFERENCE_HEADER
    JSON_DATA = JSON_HEADER


@dataclass(frozen=True)
class Property:
    """A key of ``json_data``, and the reader of its cells. ``is_dash_read``: a cell with only a dash has a meaning."""

    key: str
    read: Reader
    is_dash_read: bool = False

    def __str__(self) -> str:
        return self.key


Meaning = Field | Property
_AnyMeaning = TypeVar("_AnyMeaning", Field, Property)

REQUIRED = (Field.NAME, Field.PRICE)
NOT_IMPORTED = frozenset((Field.WHOLESALE_PRICE, Field.OLD_PRICE, Field.PURCHASE_PRICE))
"""Prices that are not the one for buyers. The purchase price is confidential."""
_FIELD_HEADERS = {
    Field.MARK: "марка, марка авто, марка автомобиля, марка машины, марка тс, автомобиль марка, марка автомобіля, "
    "марка аўто, марка аўтамабіля, көлік маркасы, mark, make, car make, car mark, car brand, "
    "vehicle make, марка а м, марка т с, marka, "
    "сумісність з маркою, совместимость с маркой, марка авто сумісність, сумісна марка, совместимая марка, "
    "марка техники, марка спецтехники, марка трактора, марка транспортного засобу, марка транспортного средства",
    Field.MODEL: "модель, модель авто, модель автомобиля, модель машины, модель тс, модель автомобіля, мадэль, "
    "мадэль аўто, үлгі, үлгісі, model, car model, "
    "vehicle model, модель а м, модель т с, model name, "
    "сумісність з моделлю, совместимость с моделью, сумісна модель, совместимая модель, "
    "модель техники, модель спецтехники, модель трактора, модель транспортного засобу, модель транспортного средства",
    Field.NAME: "наименование запчасти, наименование, наименование детали, наименование товара, название, "
    "название запчасти, название детали, название товара, название позиции, запчасть, деталь, номенклатура, товар, "
    "товары, товар наименование, номенклатура наименование, найменування, найменування товару, назва, назва позиції, "
    "назва товару, назва деталі, назва запчастини, запчастина, назва дэталі, найменне, найменаванне, тауар, атауы, "
    "тауар атауы, бөлшек, бөлшек атауы, part, part name, name, title, product name, product, item name, "
    "наим, полное наименование, наименование полное, наименование тмц, тмц, номенклатура характеристика, "
    "наименование номенклатуры, товары работы услуги, название объявления, заголовок объявления, заголовок, "
    "тауардың атауы, назва тавару, тавар, part description, product description, item description, item, "
    "ie name, "
    "detailnamerus, detailname, detail name, partname, назва оголошення, "
    "naimenovanie, nazvanie, nazwa",
    Field.PRICE: "цена, розничная цена, цена розничная, цена розница, розница, цена продажи, стоимость, ціна, "
    "роздрібна ціна, вартість, цана, кошт, баға, құны, ценазаединицу, price, retail price, "
    "бағасы, цена продажная, продажная цена, "
    "cv price 1, "
    "прайс руб, "
    "cena, tsena, price ruah, price value, price amount",
    Field.ROW_ID: "id ext, id, ид, код, код товара, код товару, внешний код, унікальний ідентифікатор, "
    "уникальный идентификатор, external id, offer id, uid, guid, "
    "uuid, внутренний код, код номенклатуры, инвентарный номер, id товара, ид товара, номер объявления, уникальный "
    "идентификатор объявления, product id, item id, "
    "тауар коды, stock id, stock no, stock number, номер лота, лот, ie xml id, код 1с, код из 1с, ид 1с",
    Field.SUM: "сумма, сумма розн, сумма розница, сумма продажи, стоимость всего, сума, сома, сомасы, sum, amount, "
    "total price",
    Field.PART_REFERENCE: "partsearch id",
    Field.JSON_DATA: "json data",
    Field.STATE: "статус, статус товара, статус объявления, state, status",
    Field.SECTION: "секция прайса, секция списка",
    Field.SOLD: "продано, продан, продана, is sold, sold",
}

_PROPERTY_HEADERS: dict[Property, str] = {
    Property("year", values.read_year): "год, год выпуска, год авто, год выпуска авто, годы, годы выпуска, рік, "
    "рік випуску, роки, год выпуску, жыл, жылы, шығарылған жылы, year, years, "
    "год вып, г в, год с, год от, год начала, год начала выпуска, начало выпуска, year from",
    Property("engine_volume", values.read_engine_volume): "объем двигателя, объем, двигатель объем, об єм двигуна, "
    "аб ем рухавіка, қозғалтқыш көлемі, engine volume, "
    "объем л, объем см3, объем куб см, объем двигателя л, объем двигателя см3, объем двс, engine capacity",
    Property("fuel", values.read_code): "топливо, тип топлива, вид топлива, паливо, тип палива, паліва, отын, fuel, "
    "fuel type",
    Property("engine_type", values.read_text): "тип двигателя, двигатель, модель двигателя, двигун, тип двигуна, "
    "рухавік, қозғалтқыш, engine, engine type, "
    "двс, модель двс, тип двс, марка двигателя, код двигателя, engine code",
    Property("gearbox", values.read_code): "коробка, кпп, тип кпп, коробка передач, gearbox, transmission, "
    "коробка передач тип, тип коробки, тип коробки передач, трансмиссия, тип трансмиссии",
    Property("body_type", values.read_code): "тип кузова, кузов, номер кузова, кузаў, шанақ, body, body type, "
    "модель кузова, код кузова, марка кузова, body code, body name",
    Property("oem", values.read_part_number): "оригинальный номер, ориг номер, oem, оем, артикул oem, артикул оем, "
    "номер oem, номер оем, oem номер, оем номер, каталожный номер, номер по каталогу, оригінальний номер, "
    "каталожний номер, арыгінальны нумар, каталожны нумар, түпнұсқа нөмір, oem number, original number, "
    "oem no, oem code, oe, oe номер, oe number, номер детали oem, номер детали оем, номер запчасти oem, "
    "оригинальные номера, ориг номера, номер оригинала, оригинальный номер детали, оригинальный номер запчасти, "
    "каталожные номера, кат номер, original part number, "
    "каталоговий номер, oe numbers, oem numbers, oe nr, oem nr, original numbers",
    Property("article", values.read_part_number): "артикул, арт, артикул товара, артикул производителя, номер, "
    "номер детали, номер запчасти, код детали, код запчасти, номер деталі, код запчастини, код деталі, "
    "номер запчастини, артыкул, нумар дэталі, бөлшек нөмірі, article, sku, part number, partnumber, "
    "vendorcode, vendor code, number, "
    "артикулы, артикул детали, артикул запчасти, внутренний артикул, номер производителя, номер произв, код "
    "производителя, код изготовителя, парт номер, партномер, part no, part numbers, manufacturer part number, mpn, "
    "item number, item code, product code, "
    "артикул продавца, "
    "detailnum, detail num, partnum, part num, "
    "artikul, articul, нөмірі",
    Property("brand", values.read_text): "бренд, производитель, фирма, изготовитель, наименование производителя, "
    "производитель бренд, бренд производитель, завод изготовитель, виробник, бренд виробник, вытворца, брэнд, "
    "өндіруші, brand, manufacturer, maker, vendor, producer, "
    "торговая марка, торгова марка, марка производителя, марка детали, марка товара, произв, фирма производитель, "
    "фирма изготовитель, производитель запчасти, производитель детали, brand name, manufacturer name, "
    "makename, make name, "
    "proizvoditel",
    Property("category", values.read_text): "категория, группа, группа товаров, группа товара, раздел, подраздел, "
    "категория товара, категорія, група, назва групи, название группы, катэгорыя, санат, category, group, "
    "группы, товарная группа, номенклатурная группа, подгруппа, рубрика, категории, "
    "categories, "
    "группа номенклатуры",
    Property("description", values.read_text): "описание, комментарий, примечание, опис, коментар, примітка, апісанне, "
    "заўвага, сипаттама, ескерту, description, comment, note, "
    "примечания, комментарии, текст объявления, описание объявления, описание детали, описание запчасти, "
    "дополнительная информация, доп информация, comments, notes, remark, remarks, "
    "ie preview text",
    Property(
        "currency", values.read_currency
    ): "валюта, вал, currency, currencyid, price currency, валютасы, cv currency 1",
    Property("photo", values.read_photos): "фото, фотография, фотографии, изображение, изображения, картинка, ссылка "
    "на фото, ссылки на фото, ссылка изображения, ссылка изображение, посилання зображення, світлина, фотографія, "
    "зображення, выява, фотаздымак, сурет, суреттер, photo, photos, photo url, image, images, image url, imageurls, "
    "picture, pictures, "
    "картинки, ссылки на фотографии, ссылка на фотографию, ссылка на изображение, ссылки на изображения, url фото, "
    "image link, image urls",
    Property("video", values.read_text): "видео, відео, відэа, бейне, video",
    Property("discount", values.read_measure): "скидка, знижка, зніжка, жеңілдік, discount",
    Property("is_new_part", values.read_condition): "новая деталь, новая, новый, новая запчасть, новый бу, б у новый, "
    "новая б у, состояние, состояние товара, стан, новий бу, новий, стан товару, новы, жаңа, күйі, new, is new, "
    "is new part, condition, "
    "новая бу, новое б у, новое бу, бу новая, б у новая, б у или новая, б у или нов, нов б у, новая или б у, новый "
    "или б у, состояние новое б у, состояние б у новое, состояние новая б у, состояние детали, состояние запчасти, "
    "сост",
    Property("count", values.read_count): "количество, кол во, колво, кол, остаток, остатки, остаток на складе, "
    "количество на складе, запас, кількість, к сть, кіл ть, к ть, залишок, залишки, колькасць, астатак, саны, қалдық, "
    "мөлшері, count, quantity, qty, stock, stock quantity, quantity in stock, "
    "шт, ост, к во, доступно, доступное количество, свободно, available quantity, on hand, "
    "cp quantity, "
    "колличество, "
    "kolichestvo, ostatok, ilość, доступно для продажи, доступно к продаже",
    Property(
        "available", values.read_available, is_dash_read=True
    ): "наличие, в наличии, наличие на складе, наявність, "
    "в наявності, наяўнасць, қолда бар, болуы, available, availability, in stock, "
    "есть в наличии, наличие товара, статус наличия, доступность, is available, stock status, "
    "қолжетімділігі",
    Property(
        "unit", values.read_text
    ): "ед изм, ед, единица, единица измерения, единицы измерения, единица измерения наименование, одиниця виміру, "
    "од вим, "
    "одиниця, адз вым, адзінка вымярэння, өлшем бірлігі, unit, "
    "баз единица, базовая единица, базоваяединица, базовая единица измерения, единица измерения товара",
    Property("color", values.read_text): "цвет, цвет изделия, колір, колір виробу, колер, түсі, түс, color, colour",
    Property("side", values.read_side): "сторона, лев прав, право лево, лево право, правый левый, левый правый, бік, "
    "лів прав, лівий правий, бок, жағы, side, l r, left right, "
    "л п, лп, л пр, левая правая, lr, сторона установки, сторона установки детали, сторона автомобиля, "
    "сторона встановлення, розташування сторона",
    Property("position", values.read_position): "перед зад, передний задний, расположение, позиция перед зад, "
    "передній задній, пярэдні задні, алды арты, position, f r, front rear, "
    "п з, пз, передняя задняя, fr, место установки, місце встановлення, ось установки, ось, вісь",
    Property(
        "level", values.read_level
    ): "верх низ, верхний нижний, верхній нижній, верхні ніжні, level, u d, up down, в н, верхняя нижняя, ud",
    Property("phone", values.read_text): "телефон, phone",
    Property("version", values.read_text): "версия, version",
    Property(
        "stock_note", values.read_text
    ): "складская информация, склад, место хранения, адрес хранения, stock note, warehouse, "
    "место, место на складе, ячейка, полка, стеллаж",
    Property("wheel_diameter", values.read_wheel_diameter): "r диаметр, диаметр диска, wheel diameter, "
    "диаметр r, посадочный диаметр",
    Property("wheel_width", values.read_measure): "j ширина, ширина диска, wheel width, ширина j",
    Property("bolt_count", values.read_measure): "кол отверстий, количество отверстий, bolt count",
    Property("wheel_offset", values.read_quantity): "et вылет, вылет, et, wheel offset, вылет et",
    Property("center_bore", values.read_measure): "dia, ступичное отверстие, center bore, "
    "цо, диаметр цо, центральное отверстие",
    Property(
        "applicability", values.read_text
    ): "применяемость, применимость, применение, подходит для, для авто, для автомобиля, совместимость, автомобиль, "
    "авто, машина, модели авто, модели автомобилей, марка модель, марка и модель, марка модель авто, марка модель "
    "автомобиля, марка модель год, застосування, застосовність, сумісність, автомобіль, аўтамабіль, көлік, "
    "автокөлік, авто донор, автомобиль донор, машина донор, донор, "
    "compatibility, applicability, application, applications, fits, fitment, car, cars, vehicle, "
    "vehicles",
    Property(
        "years", values.read_last_year
    ): "год по, год до, год окончания, год окончания выпуска, конец выпуска, year to",
    Property(
        "min_count", values.read_min_count
    ): "кратность, кратность отгрузки, кратность заказа, мин партия, минимальная партия, минимальный заказ, мин заказ, "
    "минимальное количество, мін партія, кратність, multiplicity, lot, moq, min order, minimum order, "
    "мин кол во, кратность шт, мін кількість",
    Property(
        "delivery", values.read_text
    ): "срок поставки, срок доставки, срок поставки дн, срок поставки дней, срок доставки дн, срок доставки дней, "
    "доставка, термін поставки, термін доставки, тэрмін пастаўкі, жеткізу мерзімі, delivery, delivery time, "
    "delivery days, lead time, "
    "deliverytime",
    Property("bolt_circle", values.read_bolt_circle): "pcd, bolt circle, сверловка, разболтовка",
}


def _by_header(table: Mapping[_AnyMeaning, str]) -> dict[str, _AnyMeaning]:
    return {header: meaning for meaning, headers in table.items() for header in headers.split(", ")}


PROPERTIES: dict[str, Property] = {meaning.key: meaning for meaning in _PROPERTY_HEADERS}
"""The keys of ``json_data`` that columns give."""

REPEATABLE: frozenset[Meaning] = frozenset((Field.PRICE, *NOT_IMPORTED, Field.WAREHOUSE_COUNT, PROPERTIES["photo"]))
"""Meanings that several columns may have. Of prices one is chosen; the photos of all columns are kept."""

MEANINGS: dict[str, Meaning] = {**_by_header(_FIELD_HEADERS), **_by_header(_PROPERTY_HEADERS)}


def meaning_named(name: str) -> Meaning | None:
    """Return the meaning with this name: ``price``, ``row id``, ``oem``; ``None`` for an unknown name."""
    return PROPERTIES.get(name) or next((field for field in Field if field == name), None)
