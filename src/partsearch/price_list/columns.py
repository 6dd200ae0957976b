"""The meanings of columns of a price list, and the headers that name them.

A new header is one more word in this table. Headers are compared after ``plain_header``. A column that is not here is
ignored and named in the report: it may be confidential, such as the purchase price.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from partsearch.contract.text import normalize
from partsearch.price_list import values
from partsearch.price_list.values import Reader

_PUNCTUATION = re.compile(r"""[\s.,:;*#№"'()/\\_-]+""")


def plain_header(header: str) -> str:
    """Return a header as text is compared, without punctuation."""
    return normalize(_PUNCTUATION.sub(" ", header))


class Field(StrEnum):
    """The columns of the table ``part``, and the id that the list gives a row."""

    MARK = "mark"
    MODEL = "model"
    NAME = "name"
    PRICE = "price"
    ROW_ID = "row id"


@dataclass(frozen=True)
class Property:
    """A key of ``json_data``, and the reader of its cells."""

    key: str
    read: Reader

    def __str__(self) -> str:
        return self.key


Meaning = Field | Property
_AnyMeaning = TypeVar("_AnyMeaning", Field, Property)

REQUIRED = (Field.NAME, Field.PRICE, Field.MARK, Field.MODEL)

_FIELD_HEADERS = {
    Field.MARK: "марка, марка авто, марка автомобиля, марка машины, марка тс, mark, make, car make, car mark",
    Field.MODEL: "модель, модель авто, модель автомобиля, модель машины, модель тс, model, car model",
    Field.NAME: "наименование запчасти, наименование, наименование детали, наименование товара, название, "
    "название запчасти, название детали, запчасть, деталь, номенклатура, товар, part, part name, name, title",
    Field.PRICE: "цена, розничная цена, цена розничная, цена розница, розница, цена продажи, стоимость, "
    "price, retail price",
    Field.ROW_ID: "id ext, id, ид, код, код товара, внешний код, external id, uid, guid",
}

_PROPERTY_HEADERS: dict[Property, str] = {
    Property("year", values.read_year): "год, год выпуска, год авто, year",
    Property("engine_volume", values.read_measure): "объем двигателя, объем, двигатель объем, engine volume",
    Property("fuel", values.read_code): "топливо, тип топлива, вид топлива, fuel, fuel type",
    Property("engine_type", values.read_text): "тип двигателя, двигатель, engine, engine type",
    Property("gearbox", values.read_code): "коробка, кпп, тип кпп, коробка передач, gearbox, transmission",
    Property("body_type", values.read_code): "тип кузова, кузов, body, body type",
    Property("oem", values.read_text): "оригинальный номер, ориг номер, oem, оем, артикул oem, артикул оем, номер oem, "
    "номер оем, oem номер, каталожный номер, номер по каталогу, oem number, original number",
    Property("article", values.read_text): "артикул, арт, номер детали, номер запчасти, article, sku, part number",
    Property("brand", values.read_text): "бренд, производитель, фирма, изготовитель, brand, manufacturer",
    Property("description", values.read_text): "описание, комментарий, примечание, description, comment, note",
    Property("currency", values.read_currency): "валюта, currency",
    Property("photo", values.read_text): "фото, фотография, фотографии, изображение, картинка, photo, photos, "
    "image, picture",
    Property("video", values.read_text): "видео, video",
    Property("discount", values.read_measure): "скидка, discount",
    Property("is_new_part", values.read_yes_or_no): "новая деталь, новая, новый, новая запчасть, состояние, new, "
    "is new, is new part, condition",
    Property("count", values.read_count): "количество, кол во, остаток, наличие, в наличии, запас, count, quantity, "
    "qty, stock",
    Property("color", values.read_text): "цвет, color, colour",
    Property("side", values.read_text): "сторона, side",
    Property("phone", values.read_text): "телефон, phone",
    Property("version", values.read_text): "версия, version",
    Property("stock_note", values.read_text): "складская информация, склад, место хранения, stock note",
    Property("wheel_diameter", values.read_measure): "r диаметр, диаметр диска, wheel diameter",
    Property("wheel_width", values.read_measure): "j ширина, ширина диска, wheel width",
    Property("bolt_count", values.read_measure): "кол отверстий, количество отверстий, bolt count",
    Property("wheel_offset", values.read_quantity): "et вылет, вылет, et, wheel offset",
    Property("center_bore", values.read_measure): "dia, ступичное отверстие, center bore",
    Property("bolt_circle", values.read_measure): "pcd, bolt circle",
}


def _by_header(table: Mapping[_AnyMeaning, str]) -> dict[str, _AnyMeaning]:
    return {header: meaning for meaning, headers in table.items() for header in headers.split(", ")}


MEANINGS: dict[str, Meaning] = {**_by_header(_FIELD_HEADERS), **_by_header(_PROPERTY_HEADERS)}
