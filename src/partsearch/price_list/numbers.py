"""Reading the numbers and prices of price lists."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from partsearch.contract.limits import CENT
from partsearch.contract.text.normalized import normalize
from partsearch.price_list.cells.currencies import AMBIGUOUS_SIGNS, currency_code
from partsearch.price_list.cells.number_style import AMBIGUOUS, SPACES, DecimalMark
from partsearch.price_list.cells.words import with_single_spaces, word_list

_SPACED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_PLAIN = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<decimals>[0-9]+))?")
_GROUPED = re.compile(
    r"(?P<whole>[0-9]{1,3}(?P<mark>[.,])[0-9]{3}(?:(?P=mark)[0-9]{3})*)(?:(?P<point>[.,])(?P<decimals>[0-9]+))?"
)
_POWER = re.compile(r"(?P<number>[0-9](?:[.,][0-9]+)?)[eE](?P<power>[-+]?[0-9]{1,2})")
_MINUS = "-\N{MINUS SIGN}"
_PRICE = re.compile(rf"(?P<before>[^0-9]*?)\s*(?P<number>[{_MINUS}]?[0-9](?:.*[0-9])?)\s*(?P<after>[^0-9]*)", re.DOTALL)
_KOPECKS_AS_DASH = re.compile(r"(?<=[0-9])[.,]?\s*[-=\N{EN DASH}](?:00)?\s*(?=$|[^0-9\s])")
_UNIT = re.compile(
    r"(?:/|\bза\b|\bper\b)\s*(?:шт|штук[ау]?|ед|единицу|компл|комплект|к-т|пар[ау]|л|кг|м|pcs?|piece)\.?$"
)
_KOPECKS_BEHIND_DASH = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:[ \N{NO-BREAK SPACE}]?[0-9]{3})*|[0-9]+)-(?P<cents>[0-9]{2})(?P<rest>[^0-9]*)"
)
"""No range of prices: it would rise."""

_KOPECKS = re.compile(
    r"(?P<whole>.*[0-9])\s*(?P<currency>руб[а-я]*|р|грн|гривен|бел\.?\s*руб)\.?\s*(?P<cents>[0-9]{1,2})\s*(?:коп[а-я]*|к)\.?",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"^(?P<unit>тыс[а-я]*|т(?=\.\s*р)|млн|миллион[а-я]*)\.?\s*")
_VAT = re.compile(r"[\s,(]*\b(?:с|без|вкл\w*\.?|включая|в т\.?\s*ч\.?|з|incl\.?|excl\.?)\s*(?:ндс|пдв|vat)\b.*$")
_TITLE = re.compile(r"^(?:цена|ціна|price)\b\s*:?\s*")
_AT_LEAST = re.compile(r"^(?:(?:от|від|ад|from|около|примерно|ориентировочно)\b|ок\.|[~≈])\s*")
_MOST_DIGITS = 20
_NO_PRICE = word_list(
    "договорная, договорная цена, цена договорная, договор, по договоренности, дог, по запросу, цена по запросу, "
    "запрос, уточняйте, уточнить, звоните, по телефону, договірна, за запитом, уточнюйте, дамоўная, па запыце, "
    "келісімді, келісім бойынша, on request, call, negotiable"
)


class AmbiguousNumberError(ValueError):
    """A number such as ``1,234`` in a column whose decimal mark is unknown."""


class NoPriceError(ValueError):
    """A text says that the price is agreed with the seller: ``договорная``."""


@dataclass(frozen=True)
class Price:
    """A price as a cell says it.

    Attributes:
        amount: the amount.
        currency: the code of the currency that the cell names; else empty.
        is_least: the cell says ``от`` or ``около``: the price may be another one.
        unclear_currency: a sign of several currencies, such as ``¥``; else empty.
    """

    amount: Decimal
    currency: str = ""
    is_least: bool = False
    unclear_currency: str = ""


def read_price(text: str, decimal_mark: DecimalMark = DecimalMark.UNDECIDED) -> Price:
    """Return the price that ``text`` means: ``1 873,50``, ``$70``, ``100 руб/шт``, ``от 1500``, ``1500=``.

    Args:
        text: the cell.
        decimal_mark: that of the column, which decides about numbers such as ``1,873``.

    Raises:
        NoPriceError: it says that the price is agreed.
        AmbiguousNumberError: it is a number such as ``1,873``, and the column does not decide.
        ValueError: it is not a price.
    """
    text = with_single_spaces(text)
    if normalize(text).strip(" .!") in _NO_PRICE:
        raise NoPriceError(text)
    match = _PRICE.fullmatch(_KOPECKS_AS_DASH.sub("", _kopecks_as_decimals(text.strip())))
    if match is None:
        raise ValueError(text)
    before, at_least = _AT_LEAST.subn("", _TITLE.sub("", match["before"].strip().lower()))
    after, times = _times(_VAT.sub("", match["after"].strip().lower()))
    words = [before, _UNIT.sub("", after).strip()]
    currency, unclear = _currency([word for word in words if word.strip(" .")], text)
    return Price(_read_amount(match["number"], decimal_mark, times), currency, at_least > 0, unclear)


def _kopecks_as_decimals(text: str) -> str:
    """Return ``1 500 руб. 50 коп.`` as ``1 500.50 руб`` and ``1500-50`` as ``1500.50``; any other text unchanged."""
    if (match := _KOPECKS_BEHIND_DASH.fullmatch(text)) and Decimal(SPACES.sub("", match["whole"])) > int(
        match["cents"]
    ):
        return f"{match['whole']}.{match['cents']}{match['rest']}"
    match = _KOPECKS.fullmatch(text)
    if match is None or set(match["whole"]) & set(".,"):
        return text
    return f"{match['whole']}.{match['cents']:0>2} {match['currency']}"


def _times(after: str) -> tuple[str, int]:
    """Return what follows a number without ``тыс.`` or ``млн``, and what the number is multiplied by for that."""
    match = _THOUSANDS.match(after)
    if match is None:
        return after, 1
    return after[match.end() :], 1_000_000 if match["unit"].startswith("м") else 1000


def _currency(words: list[str], text: str) -> tuple[str, str]:
    """Return the currency that the words around a number name, or the sign that several of them share."""
    if not words:
        return "", ""
    if len(words) > 1:
        raise ValueError(text)
    if words[0] in AMBIGUOUS_SIGNS:
        return "", words[0]
    code = currency_code(words[0])
    if code is None:
        raise ValueError(text)
    return code, ""


def _read_amount(text: str, decimal_mark: DecimalMark, times: int) -> Decimal:
    sign = -1 if text[0] in _MINUS else 1
    amount = sign * times * read_decimal(text.lstrip(_MINUS), decimal_mark) + 0
    return amount.quantize(CENT, ROUND_HALF_UP) if amount.adjusted() < _MOST_DIGITS else amount


def read_decimal(text: str, decimal_mark: DecimalMark) -> Decimal:
    """Return the number that ``text`` means in a column with this decimal mark.

    Raises:
        AmbiguousNumberError: it is a number such as ``1,234``, and ``decimal_mark`` is undecided.
        ValueError: it is not a number of zero or more.
    """
    digits = SPACES.sub(" ", text.strip())
    if ambiguous := AMBIGUOUS.fullmatch(digits):
        if decimal_mark is DecimalMark.UNDECIDED:
            raise AmbiguousNumberError(text)
        return Decimal(digits.replace(ambiguous[1], "." if ambiguous[1] == decimal_mark else ""))
    return read_number(digits)


def read_number(text: str) -> Decimal:
    """Return the number that ``text`` means. A single separator is the decimal one: ``2,000`` is 2.

    Raises:
        ValueError: it is not a number of zero or more.
    """
    digits = SPACES.sub(" ", text.strip())
    if _SPACED.fullmatch(digits):
        digits = digits.replace(" ", "")
    if match := _POWER.fullmatch(digits):
        return Decimal(f"{match['number'].replace(',', '.')}E{match['power']}")
    if match := _PLAIN.fullmatch(digits):
        return Decimal(f"{match['whole']}.{match['decimals'] or 0}")
    match = _GROUPED.fullmatch(digits)
    if match is None or match["mark"] == match["point"]:
        raise ValueError(text)
    return Decimal(f"{re.sub('[.,]', '', match['whole'])}.{match['decimals'] or 0}")
