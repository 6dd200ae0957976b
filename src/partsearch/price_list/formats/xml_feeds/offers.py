"""XML with one element per offer: YML, and the feeds of Avito, Drom and Google Merchant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import Element

from partsearch.price_list.formats.keyed_rows import Row, add, check_names, read_keyed_rows
from partsearch.price_list.formats.limits import NAME_CHARACTERS
from partsearch.price_list.formats.table import Table
from partsearch.price_list.formats.xml_feeds.elements import read_elements
from partsearch.price_list.formats.xml_feeds.other import find_goods_tag

_DEEPEST_CATEGORY = 20
_TEXT_ATTRIBUTES = ("url", "instock")
"""Of elements without a text: the pictures of Avito, the stock of a point of sale in YML."""


@dataclass(frozen=True)
class _Feed:
    root: str
    offer: str


OTHER_XML = "xml"
"""The format of XML whose goods are found by their elements."""

FEEDS = {
    "yml": _Feed("yml_catalog", "offer"),
    "avito": _Feed("Ads", "Ad"),
    "drom": _Feed("offers", "offer"),
    "rss": _Feed("rss", "item"),
    "atom": _Feed("feed", "entry"),
}
"""The feeds of Google Merchant are RSS or Atom."""

_GOOGLE = "g:"
_COUNTS = ("count", "quantity", "stock_quantity", "quantity_in_stock")
_WHOLE_NUMBER = re.compile("[0-9]{1,15}")


def read_offers(file: Path, path: Path, format_name: str, encoding: str | None) -> list[Table]:
    """Return the table of a feed: a column for each attribute, element and ``<param name=...>`` of the offers.

    An element that repeats becomes one cell, with commas. The number of a category becomes its path.

    Args:
        file: the XML file.
        path: the name of the input, for messages.
        format_name: a key of ``FEEDS``, or ``OTHER_XML``.
        encoding: that the user has given.

    Raises:
        UnreadableFileError: the file is damaged or too large, or has no offers.
    """
    tag = FEEDS[format_name].offer if format_name in FEEDS else find_goods_tag(file, path, encoding)
    return [read_keyed_rows(path, format_name, encoding, partial(_rows, file, path, tag, encoding))]


def _rows(file: Path, path: Path, offer_tag: str, encoding: str | None) -> Iterator[Row]:
    categories: dict[str, tuple[str, str]] = {}
    for element in read_elements(file, path, (offer_tag, "category"), encoding):
        if element.tag == offer_tag:
            yield _row(element, categories)
        elif number := _value(element, "id"):
            name = _value(element, "name") or text_of(element)
            categories[number] = (name[:NAME_CHARACTERS], _value(element, "parentId"))
            check_names(categories, path)


def _value(element: Element, name: str) -> str:
    """Return what an attribute or a child of this name says; empty if there is none."""
    return (element.get(name) or element.findtext(name) or "").strip()


def _row(offer: Element, categories: dict[str, tuple[str, str]]) -> Row:
    row: Row = {}
    for name, value in offer.attrib.items():
        add(row, name, value)
    for child in offer:
        if child.tag == "categoryId":
            add(row, "category", _category_path(text_of(child), categories))
        elif child.tag == "param" and (name := child.get("name", "").strip()):
            add(row, name, " ".join(filter(None, (text_of(child), child.get("unit", "")))))
        else:
            add(row, child.tag.removeprefix(_GOOGLE), text_of(child))
    _add_stock(row, offer)
    if not row.get("name") and (offer.get("type") == "vendor.model" or row.get("typePrefix")):
        row["name"] = _composed_name(row)
        row.pop("model", None)
    return row


def _composed_name(row: Row) -> str:
    """Return the name of an offer of the type ``vendor.model``, which has none: what it is, its maker and its model."""
    vendor, model = row.get("vendor", ""), row.get("model", "")
    words = [row.get("typePrefix", ""), "" if model.lower().startswith(vendor.lower()) else vendor, model]
    return " ".join(filter(None, words))


def _add_stock(row: Row, offer: Element) -> None:
    """Add the stock of the points of sale, or the first that is no whole number, to an offer without a count."""
    stock = [amount for outlet in offer.iterfind("outlets/outlet") if (amount := outlet.get("instock", "").strip())]
    if not stock or any(row.get(name) for name in _COUNTS):
        return
    other = next((amount for amount in stock if not _WHOLE_NUMBER.fullmatch(amount)), None)
    row["count"] = str(sum(map(int, stock))) if other is None else other


def _category_path(number: str, categories: dict[str, tuple[str, str]]) -> str:
    """Return ``Кузов / Фары`` for the number of a category, or the number if there is no such category."""

    def ascend() -> Iterator[str]:
        name, parent = categories.get(number, (number, ""))
        yield name
        while parent in categories:
            name, parent = categories[parent]
            yield name

    return " / ".join(reversed(list(islice(ascend(), _DEEPEST_CATEGORY))))


def text_of(element: Element) -> str:
    """Return the texts of an element and of those in it, with commas between."""

    def texts() -> Iterator[str]:
        for part in element.iter():
            if own := (part.text or "").strip():
                yield own
            else:
                yield from (value for name in _TEXT_ATTRIBUTES if (value := part.get(name)))

    return ", ".join(texts())
