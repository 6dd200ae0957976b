"""The layouts of aggregators, each recognised by the set of its headers. In them some headers have another meaning.

``Номер`` is the number of the part's maker in a wholesaler's list, and the original number in that of Baz-on.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from partsearch.price_list.columns import PROPERTIES, Field, Meaning


@dataclass(frozen=True)
class KnownLayout:
    """The layout of an aggregator.

    Attributes:
        name: the name of the aggregator, for people.
        headers: the headers that tell it from others, as ``plain_header`` returns them; all of them occur.
        absent: headers of which none occurs.
        meanings: the meanings of its headers, where they differ from ``columns.MEANINGS``.
    """

    name: str
    headers: frozenset[str]
    absent: frozenset[str] = frozenset()
    meanings: Mapping[str, Meaning | None] = field(default_factory=dict)


def _headers(text: str) -> frozenset[str]:
    return frozenset(text.split(", "))


_OEM, _ARTICLE, _BRAND, _CONDITION = (PROPERTIES[key] for key in ("oem", "article", "brand", "is_new_part"))
_AVAILABLE, _PHOTO, _VOLUME = (PROPERTIES[key] for key in ("available", "photo", "engine_volume"))
_OF_BAZ_ON: Mapping[str, Meaning] = {"номер": _OEM, "номер двигателя": PROPERTIES["engine_type"]}

KNOWN_LAYOUTS = (
    KnownLayout("Baz-on/Drom", _headers("номер, новый бу, лев прав"), meanings=_OF_BAZ_ON),
    KnownLayout("Baz-on/Drom", _headers("номер, перед зад, верх низ"), meanings=_OF_BAZ_ON),
    KnownLayout("Baz-on/Drom", _headers("номер, марка, модель, кузов"), meanings=_OF_BAZ_ON),
    KnownLayout(
        "bamper.by",
        _headers("brand, category, state"),
        absent=_headers("mark, make, марка"),
        meanings={
            "brand": Field.MARK,
            "category": Field.NAME,
            "state": _CONDITION,
            "number": _OEM,
            "title": None,
            "volume": _VOLUME,
        },
    ),
    KnownLayout(
        "prom.ua",
        _headers("код товару, назва позиції"),
        meanings={"код товару": _ARTICLE, "унікальний ідентифікатор": Field.ROW_ID},
    ),
    KnownLayout(
        "prom.ua",
        _headers("код товара, название позиции"),
        meanings={"код товара": _ARTICLE, "уникальный идентификатор": Field.ROW_ID},
    ),
    KnownLayout(
        "zzap/zaptrade", _headers("производитель, номер"), absent=_headers("марка"), meanings={"номер": _ARTICLE}
    ),
    KnownLayout("zzap/zaptrade", _headers("бренд, номер"), absent=_headers("марка"), meanings={"номер": _ARTICLE}),
    KnownLayout(
        "zzap/zaptrade",
        _headers("brand, code, name, price"),
        absent=_headers("mark, make, article, number"),
        meanings={"code": _ARTICLE},
    ),
    KnownLayout(
        "Avito",
        _headers("id, title, price, goodstype"),
        meanings={"brand": _BRAND, "condition": _CONDITION, "images": _PHOTO, "availability": _AVAILABLE},
    ),
    KnownLayout("YML", _headers("name, price, currencyid"), meanings={"vendor": _BRAND, "vendorcode": _ARTICLE}),
    KnownLayout(
        "CommerceML",
        _headers("ид, наименование, ценазаединицу"),
        meanings={"ид": Field.ROW_ID, "группы": None, "базоваяединица": PROPERTIES["unit"]},
    ),
)


def known_layout(headers: Collection[str]) -> KnownLayout | None:
    """Return the layout with these headers; of several the one that names the most of them.

    Args:
        headers: all headers of a list, as ``plain_header`` returns them.
    """
    present = frozenset(headers)
    found = [known for known in KNOWN_LAYOUTS if known.headers <= present and not known.absent & present]
    return max(found, key=lambda known: len(known.headers), default=None)
