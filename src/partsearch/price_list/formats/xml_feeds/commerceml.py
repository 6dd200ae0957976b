"""CommerceML, the exchange format of 1C: goods and offers, joined by their identifier."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

from partsearch.price_list.errors import DamagedFileError
from partsearch.price_list.formats.cell_text import cell_text
from partsearch.price_list.formats.input.source import label
from partsearch.price_list.formats.keyed_rows import Row, add, check_names, read_keyed_rows
from partsearch.price_list.formats.limits import NAME_CHARACTERS
from partsearch.price_list.formats.table import Table
from partsearch.price_list.formats.xml_feeds.elements import read_elements
from partsearch.price_list.formats.xml_feeds.offers import text_of

ROOT = "КоммерческаяИнформация"
_ID, _NAME = "Ид", "Наименование"
_GOOD, _OFFER, _GROUP, _PROPERTY, _PRICE_KIND = "Товар", "Предложение", "Группа", "Свойство", "ТипЦены"
_MOST_OFFERS = 1_000
"""Of one good."""

_JOINED_ELSEWHERE = ("Группы", "ЗначенияСвойств", "ЗначенияРеквизитов", "ХарактеристикиТовара", "Цены", "Склад")


def read_commerceml(files: Sequence[Path], path: Path, folder: Path, encoding: str | None) -> list[Table]:
    """Return the table of CommerceML: a row for each good and offer of it, with the prices of the offer.

    Args:
        files: the XML files. 1C often writes the goods to one and the offers to others.
        path: the name of the input, for messages.
        folder: for a temporary database of the offers, which may be too many for the memory.
        encoding: that the user has given.

    Raises:
        UnreadableFileError: a file is damaged or too large, or there are no goods.
    """
    offers = folder / "offers.sqlite3"
    read = partial(_elements, files, path, encoding)
    goods, all_elements = _store_offers(read, path, offers)
    rows = partial(_joined_rows, read, path, offers, all_elements) if goods else partial(_offer_rows, read, path)
    return [read_keyed_rows(path, "commerceml", encoding, rows)]


_Read = Callable[[Sequence[str]], Iterator[Element]]
"""Yields the elements with these tags of all files."""


def _elements(files: Sequence[Path], path: Path, encoding: str | None, tags: Sequence[str]) -> Iterator[Element]:
    for file in files:
        yield from read_elements(file, path, tags, encoding)


def _store_offers(read: _Read, path: Path, offers: Path) -> tuple[int, int]:
    """Store the offers by the identifier of their good, and return how many goods there are, and goods and offers."""
    goods = elements = 0
    with closing(sqlite3.connect(offers)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("CREATE TABLE offer (good TEXT, fields TEXT)")
        kinds: dict[str, str] = {}
        for element in read((_GOOD, _OFFER, _PRICE_KIND)):
            if element.tag == _PRICE_KIND:
                _add_kind(kinds, element, path)
                continue
            elements += 1
            if element.tag == _GOOD:
                goods += 1
            else:
                row = _row(element, {}, {}, kinds)
                values = (row.get(_ID, "").partition("#")[0], json.dumps(row))
                database.execute("INSERT INTO offer VALUES (?, ?)", values)
        database.execute("CREATE INDEX offer_good ON offer (good)")
        database.commit()
    return goods, elements


def _joined_rows(read: _Read, path: Path, offers: Path, most: int) -> Iterator[Row]:
    rows = 0
    groups: dict[str, str] = {}
    properties: dict[str, str] = {}
    with closing(sqlite3.connect(offers)) as database:
        for element in read((_GOOD, _GROUP, _PROPERTY)):
            if element.tag == _GROUP:
                groups.update(_group_paths(element, ""))
                check_names(groups, path)
            elif element.tag == _PROPERTY:
                properties[_child(element, _ID)] = _child(element, _NAME)[:NAME_CHARACTERS]
                check_names(properties, path)
            else:
                good = _row(element, groups, properties)
                found = _offers_of(good.get(_ID, ""), database)
                rows += len(found)
                if rows > most:
                    raise DamagedFileError(
                        f"{label(path)} has several goods with the same {_ID}.", "Export the price list again."
                    )
                yield from ({**good, **offer} for offer in found)


def _offers_of(good: str, database: sqlite3.Connection) -> list[Row]:
    """Return the offers of a good, at least an empty one. The price and the stock of an offer may be in two files."""
    found: dict[str, Row] = {}
    query = "SELECT fields FROM offer WHERE good = ? ORDER BY rowid LIMIT ?"
    for (fields,) in database.execute(query, (good, _MOST_OFFERS)):
        offer = _filled(json.loads(fields))
        found.setdefault(offer.get(_ID, ""), {}).update(offer)
    return list(found.values()) or [{}]


def _offer_rows(read: _Read, path: Path) -> Iterator[Row]:
    kinds: dict[str, str] = {}
    for element in read((_OFFER, _PRICE_KIND)):
        if element.tag == _PRICE_KIND:
            _add_kind(kinds, element, path)
        else:
            yield _row(element, {}, {}, kinds)


def _add_kind(kinds: dict[str, str], element: Element, path: Path) -> None:
    kinds[_child(element, _ID)] = _child(element, _NAME)[:NAME_CHARACTERS]
    check_names(kinds, path)


def _filled(row: Row) -> Row:
    return {name: value for name, value in row.items() if value}


def _row(
    element: Element, groups: dict[str, str], properties: dict[str, str], kinds: dict[str, str] | None = None
) -> Row:
    row: Row = {}
    for child in element:
        if child.tag == "Изготовитель":
            add(row, child.tag, _child(child, _NAME) or text_of(child))
        elif child.tag not in _JOINED_ELSEWHERE:
            add(row, child.tag, text_of(child))
    for group in element.iterfind(f"Группы/{_ID}"):
        add(row, "Группа", groups.get(text_of(group), ""))
    for value in element.iterfind("ЗначенияСвойств/ЗначенияСвойства"):
        number = _child(value, _ID)
        add(row, properties.get(number) or number, ", ".join(text_of(each) for each in value.iterfind("Значение")))
    for path in ("ЗначенияРеквизитов/ЗначениеРеквизита", "ХарактеристикиТовара/ХарактеристикаТовара"):
        for value in element.iterfind(path):
            add(row, _child(value, _NAME), _child(value, "Значение"))
    _add_prices_and_stock(row, element, kinds or {})
    return row


def _add_prices_and_stock(row: Row, element: Element, kinds: dict[str, str]) -> None:
    """Add the prices, and the stock of all warehouses if the offer has no quantity of its own.

    The kinds of prices have names in 1C, such as ``Розничная`` and ``Закупочная``. They become columns of their own,
    since one of them may be confidential.
    """
    for price in element.iterfind("Цены/Цена"):
        kind = kinds.get(_child(price, "ИдТипаЦены"), "")
        name = kind if "цена" in kind.lower() else f"Цена {kind}".strip()
        if name not in row:
            add(row, name, _child(price, "ЦенаЗаЕдиницу"))
        row.setdefault("Валюта", _child(price, "Валюта"))
    stock = [amount for place in element.iterfind("Склад") if (amount := place.get("КоличествоНаСкладе"))]
    if stock and not row.get("Количество"):
        add(row, "Количество", _sum(stock))


def _sum(amounts: list[str]) -> str:
    try:
        return cell_text(sum(float(amount.replace(",", ".")) for amount in amounts))
    except ValueError:
        return ", ".join(amounts)


def _group_paths(group: Element, above: str) -> Iterator[tuple[str, str]]:
    path = f"{above} / {_child(group, _NAME)}" if above else _child(group, _NAME)
    path = path[:NAME_CHARACTERS]
    yield _child(group, _ID), path
    for inner in group.iterfind(f"Группы/{_GROUP}"):
        yield from _group_paths(inner, path)


def _child(element: Element, tag: str) -> str:
    found = element.find(tag)
    return text_of(found) if found is not None else ""
