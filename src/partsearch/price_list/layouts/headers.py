"""What a header says: the meaning of its column, and beside it a currency, a unit, VAT and the kind of a price."""

import re
from dataclasses import dataclass, replace

from partsearch.price_list.cells.currencies import LONGEST_WORDS, currency_code
from partsearch.price_list.cells.words import CITIES, UNITS, word_list
from partsearch.price_list.columns import MEANINGS, PROPERTIES, Field, Meaning, Property, plain_header
from partsearch.price_list.formats.characteristics import PREFIX
from partsearch.price_list.values import read_text

_PRICE_WORDS = word_list("цена, цены, ціна, ціни, цана, баға, бағасы, стоимость, вартість, кошт, price")
_RETAIL_WORDS = word_list(
    "розн, розница, розничная, розничные, роздріб, роздрібна, рознічная, бөлшек, retail, продажи, продаж, реализации, "
    "реализация, ррц, мрц, сайта, клиента, покупателя"
)
_WHOLESALE_WORDS = word_list(
    "опт, оптовая, оптовые, оптова, оптавая, крупный, мелкий, крупнооптовая, мелкооптовая, кр, мелк, дилер, "
    "дилерская, дилера, "
    "дилерська, партнерская, көтерме, wholesale, dealer, trade"
)
_OLD_WORDS = word_list("старая, стара, прежняя, ескі, old")
_DISCOUNT_WORDS = word_list(
    "скидка, скидки, скидкой, скидку, учетом, знижкою, знижки, с, со, до, без, з, акция, акционная, sale"
)
_KIND_WORDS = _RETAIL_WORDS | _WHOLESALE_WORDS | _OLD_WORDS
_WITHOUT_PRICE_WORD = word_list(
    "розн, розница, розничная, роздріб, роздрібна, опт, оптовая, дилер, дилерская, ррц, мрц, retail, wholesale"
)
_COUNT_WORDS = word_list(
    "остаток, остатки, остатка, количество, колво, кол, залишок, залишки, кількість, колькасць, астатак, қалдық, саны, "
    "доступно, доступное, stock, quantity, qty"
)
_BESIDE_COUNT = word_list(
    "во, ть, на, в, складе, складах, складу, складі, склад, склада, наличии, наявності, свободный, свободно, "
    "свободное, "
    "доступный, общий, общее, общая, всего, итого, конечный, текущий, тек, товара, товаров, товару, детали, запчастей, "
    "мест, от, and, on, hand, in, total, available, avail"
)
_WAREHOUSE_WORDS = word_list("склад, склады, остаток, остатки, наличие, залишок, наявність, warehouse, stock")
_NO_STOCK = re.compile(
    r"резерв|упак|компл|\bмин(?:им\w*)?\b|\bмакс(?:им\w*)?\b|заказ|ожид|\bпути\b|транзит|расход|приход|начал|продан|сумм|"
    r"\bцен[аыу]?\b|адрес|\bмест[оа]?\b|\bкод|дата|себестоим|ячейк|\bполк[аи]\b|информац|\bтип\b|назв|имя|номер|\bсрок|"
    r"обнов|поставщик|id\b|\bmin\b|\bmax\b|reserv|\border|name|price"
)
_NEUTRAL_WORDS = word_list(
    "net, gross, regular, рублях, руб, за, на, в, по, для, ваша, наша, текущая, новая, единицу, товара, детали, прайс, "
    "прайсу, склад, складе, итоговая, "
    "базовая, основная, per, in"
)
_PURCHASE = re.compile(
    r"(?:закуп|себестоим|собіварт|сабекошт|входн|входящ|приходн|вхідн|цена (?:при|в)ход|приход\w* цен|учетная цен|"
    r"цена (?:учетная|поставки)|(?:цена|ціна|price).* (?:поставщик|постачальник|supplier)|"
    r"(?:поставщик|постачальник|supplier)\w* (?:цена|ціна|price)|өзіндік|сатып алу|purchas|buying|\bcost\b)"
)
_LETTERS = ("в", "с")
"""Prepositions that name a price at the end of a header: ``Цена А``, ``Цена В``."""

_BEFORE_DISCOUNT = re.compile(r"\bдо (?:скидки|знижки)")
_VAT = re.compile(
    r"\b(?:(?:с|без|вкл|включая|включает|в т ч|в том числе|з|у т ч|з урахуванням|incl|excl|including|excluding|with|"
    r"without|ex) "
    r"(?:ндс|пдв|пдс|vat|ққс)(?: \d{1,2}%?)?|ндс \d{1,2}%?|ққс (?:қоса|қоспағанда))(?!\w)"
)
_DATE = re.compile(r"\b(?:на |от |від |ад )?\d{1,2} \d{1,2} (?:\d{4}|\d{2})\b(?: г)?")
_REPEAT = re.compile(r"(?<=\w) \d{1,2}$|(?<=[^\W\d_]{3})\d{1,2}$")
_PARAMETER = re.compile(r"^(?:param|параметр|характеристика|attribute|доп поле|свойство|реквизит|номенклатура) (?=\S)")
_JOINED_WORDS = re.compile("(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")
"""The places between the words of the name of a field: ``PriceRUB``."""

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LISTED = re.compile(r"[,;/(\n]")
_IN_TWO_LANGUAGES = re.compile(r"\s/\s|\n|\s\|\s")
_OF_GOODS = re.compile(
    r"(?<=\w) (?:товара|товару|детали|деталі|запчасти|запчастини|товаров|позиции|изделия|продукции|объявления)$"
)
_NO_PRICE = re.compile(r"\bза \d+0\b|\b\d+0 (?:шт|pcs)\b|доставк|конкурент|\bмин(?:им\w*)?\b|^min|упаковк")
_NAME_OF_GOODS = re.compile(
    r"(?:наименование|название|найменування|назва)(?! \w*(?:групп|груп|категор|раздел|производ|виробн|"
    r"изготов|марк|бренд|модел|постав|завод|склад|ед|цен|организац|фирм|прайс|файл))"
)
_SEVERAL_PIECES = re.compile(r"\bза \d+0\b|\b\d+0 (?:шт|pcs)\b")


@dataclass(frozen=True)
class HeaderReading:
    """What a header says.

    Attributes:
        meaning: the meaning of its column; ``None`` if it is unknown.
        is_exact: the header is in the table of headers as it stands.
        is_retail: it names a retail price.
        currency: the code of the currency that it names.
        unit: the unit that it names.
        vat: what it says of VAT.
    """

    meaning: Meaning | None
    is_exact: bool = False
    is_retail: bool = False
    currency: str = ""
    unit: str = ""
    vat: str = ""


def read_header(header: str) -> HeaderReading:
    """Return what a header says: ``Цена с НДС, руб./шт.`` is a price in RUB, a piece, with VAT."""
    plain = plain_header(header)
    if header.startswith(PREFIX):
        return _characteristic(header.removeprefix(PREFIX))
    for exact in (plain_header(header.replace("№", " номер ")) if plain else "", plain):
        if exact in MEANINGS:
            return HeaderReading(MEANINGS[exact], is_exact=True, is_retail=_kind_of_price(exact).is_retail)
    if _PURCHASE.search(plain):
        return HeaderReading(Field.PURCHASE_PRICE, is_exact=True)
    rest, reading = _without_notes(plain)
    price = HeaderReading(None) if plain.split()[-1:] in ([letter] for letter in _LETTERS) else _kind_of_price(rest)
    meaning = price.meaning or _kind_of_count(rest) or MEANINGS.get(rest)
    if meaning is not None and str(meaning) in _WITH_NOTES and not _SEVERAL_PIECES.search(plain):
        return replace(reading, meaning=meaning, is_exact=rest == plain, is_retail=price.is_retail)
    if (len(plain) >= _SHORTEST_CURRENCY or not plain.isalpha()) and (code := currency_code(plain)):
        return HeaderReading(Field.PRICE, currency=code)
    loose = _loose_meaning(header, plain) or _warehouse(plain)
    apart = _JOINED_WORDS.sub(" ", header)
    return HeaderReading(loose) if loose or apart == header else replace(read_header(apart), is_exact=False)


_SHORTEST_CURRENCY = 3


def may_hide_price(header: str) -> bool:
    """Return whether an unknown header may name a price for one piece to buyers: ``Цена Москва``."""
    plain = plain_header(header)
    return (
        bool((_PRICE_WORDS | {"прайс"}) & set(plain.split()))
        and not _NO_PRICE.search(plain)
        and not _PURCHASE.search(plain)
    )


def read_notes(header: str) -> HeaderReading:
    """Return the currency, the unit and VAT that a header names; without a meaning."""
    return _without_notes(plain_header(header))[1]


def _loose_meaning(header: str, plain: str) -> Meaning | None:
    """Return the meaning of a header such as ``Доп. поле: Цвет``, ``Название объявления`` or ``Описание (рус)``.

    Numbers have no meaning without the rest of their header: ``Количество (в упаковке)``.
    """
    shorter = _PARAMETER.sub("", plain)
    if shorter in MEANINGS:
        return MEANINGS[shorter]
    each = {MEANINGS.get(plain_header(part)) for part in _IN_TWO_LANGUAGES.split(header)}
    if len(each) == 1 and (both := each.pop()):
        return both
    meanings = {MEANINGS.get(_OF_GOODS.sub("", shorter))}
    meanings.add(MEANINGS.get(plain_header(_BRACKETS.sub(" ", header))))
    parts = [MEANINGS.get(plain_header(part)) for part in _LISTED.split(header)]
    if parts[0] is Field.NAME or not any(parts[1:]):
        meanings.add(parts[0])
    if {part for part in parts if part} == {Field.NAME} or _NAME_OF_GOODS.match(plain):
        meanings.add(Field.NAME)
    found = [meaning for meaning in meanings if meaning and str(meaning) not in _NEVER_LOOSE]
    return found[0] if len(found) == 1 else None


_NEVER_LOOSE = frozenset(
    ("price", "sum", "wholesale price", "old price", "count", "mark", "model", "article", "oem", "row id", "sold")
)
"""A header of these columns that says more may mean something else: ``Марка детали``, ``Код (группы)``."""


def _kind_of_count(rest: str) -> Meaning | None:
    """Return the meaning of a header with words of a count only: ``Свободный остаток на складе``."""
    words = frozenset(rest.split())
    return PROPERTIES["count"] if words & _COUNT_WORDS and not words - _COUNT_WORDS - _BESIDE_COUNT else None


def _warehouse(plain: str) -> Meaning | None:
    """Return the meaning of a header that names one of several warehouses: ``Склад Москва``, ``Остаток СПб``."""
    words = plain.split()
    is_named = len(words) > 1 and words[0] in _WAREHOUSE_WORDS and not _NO_STOCK.search(plain)
    is_one = is_named or plain.removeprefix("г ") in CITIES
    return Field.WAREHOUSE_COUNT if is_one else None


_WITH_NOTES = frozenset(("price", "sum", "wholesale price", "old price", "count", "available", "photo"))
"""The meanings of columns beside which a currency, a unit, VAT or a number may stand."""


def _characteristic(name: str) -> HeaderReading:
    """Return the meaning of a characteristic: what its name says as a header, else a property of this name.

    A name or a price of the offer is in columns of their own, so a characteristic is neither.
    """
    known = read_header(name).meaning
    if isinstance(known, Property):
        return HeaderReading(known, is_exact=True)
    if known is not None and known not in (Field.MARK, Field.MODEL):
        return HeaderReading(None)
    return HeaderReading(known or Property(name, read_text), is_exact=True)


def _without_notes(plain: str) -> tuple[str, HeaderReading]:
    """Return a header without what it says beside its meaning, and that."""
    vat = _VAT.search(plain)
    rest = _VAT.sub(" ", plain) if vat else plain
    words = _REPEAT.sub("", _DATE.sub(" ", rest)).split()
    words, currency = _take_currency(words)
    units = [word for word in words if word in UNITS]
    words = [word for word in words if word not in UNITS]
    reading = HeaderReading(None, currency=currency, unit=units[0] if units else "", vat=vat[0] if vat else "")
    return " ".join(words), reading


def is_note(text: str) -> bool:
    """Return whether a text says nothing but a currency, a unit and VAT, as a row below a header does: ``шт``."""
    plain = plain_header(text)
    rest, _ = _without_notes(plain)
    return bool(plain) and (not rest or currency_code(rest) is not None)


def _take_currency(words: list[str]) -> tuple[list[str], str]:
    """Return the words without those of a currency, and its code. The first word is the name of the column."""
    for length in range(LONGEST_WORDS, 0, -1):
        for start in range(1, len(words) - length + 1):
            if code := currency_code(" ".join(words[start : start + length])):
                return words[:start] + words[start + length :], code
    return words, ""


def _kind_of_price(rest: str) -> HeaderReading:
    """Return the kind of price that the words name; without a meaning if they name none."""
    words = frozenset(rest.split())
    kinds = _PRICE_WORDS | _KIND_WORDS | _NEUTRAL_WORDS | _DISCOUNT_WORDS
    if not words & (_PRICE_WORDS | _WITHOUT_PRICE_WORD) or words - kinds:
        return HeaderReading(None)
    if words & _OLD_WORDS or _BEFORE_DISCOUNT.search(rest):
        return HeaderReading(Field.OLD_PRICE)
    if words & _WHOLESALE_WORDS:
        return HeaderReading(Field.WHOLESALE_PRICE)
    return HeaderReading(Field.PRICE, is_retail=bool(words & _RETAIL_WORDS))
