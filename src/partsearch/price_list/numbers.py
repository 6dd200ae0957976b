"""Reading the numbers and prices of price lists."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from partsearch.contract.limits import CENT

_SPACES = re.compile("['\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]")
_SPACED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_PLAIN = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<decimals>[0-9]+))?")
_GROUPED = re.compile(
    r"(?P<whole>[0-9]{1,3}(?P<mark>[.,])[0-9]{3}(?:(?P=mark)[0-9]{3})*)(?:(?P<point>[.,])(?P<decimals>[0-9]+))?"
)
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_PRICE = re.compile(
    r"(?P<before>[^0-9]*?)\s*(?P<number>[-\N{MINUS SIGN}]?[0-9](?:.*[0-9])?)\s*(?P<after>[^0-9]*)", re.DOTALL
)
_MOST_DIGITS = 20

_CURRENCY_WORDS = {
    "RUB": ("rub", "rur", "руб", "рубль", "рублей", "р", "₽"),
    "BYN": ("byn", "br", "бел руб", "белруб"),
    "USD": ("usd", "$", "долл", "доллар", "у е", "уе"),
    "EUR": ("eur", "€", "евро"),
    "KZT": ("kzt", "тенге", "₸"),
    "UAH": ("uah", "грн", "₴"),
}
_CURRENCIES = {word: code for code, words in _CURRENCY_WORDS.items() for word in words}


@dataclass(frozen=True)
class Price:
    """An amount, and its currency if the cell names one."""

    amount: Decimal
    currency: str = ""


def currency_code(word: str) -> str | None:
    """Return the code of a currency: ``USD`` for ``$``; ``None`` for an unknown word."""
    return _CURRENCIES.get(" ".join(word.lower().replace(".", " ").split()))


def read_price(text: str) -> Price:
    """Return the price that ``text`` means: ``1 873,50``, ``1,873.50``, ``70 USD``, ``$70``, ``100 руб.``

    Raises:
        ValueError: it is not a price, or is ambiguous, such as ``1,873``.
    """
    match = _PRICE.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    currency = ""
    for word in (match["before"].strip(), match["after"].strip()):
        if word:
            code = currency_code(word)
            if code is None or currency:
                raise ValueError(text)
            currency = code
    return Price(_read_amount(match["number"]), currency)


def _read_amount(text: str) -> Decimal:
    sign = -1 if text[0] in "-\N{MINUS SIGN}" else 1
    digits = text.lstrip("-\N{MINUS SIGN}")
    if _AMBIGUOUS.fullmatch(digits):
        raise ValueError(text)
    amount = sign * read_number(digits) + 0
    return amount.quantize(CENT, ROUND_HALF_UP) if amount.adjusted() < _MOST_DIGITS else amount


def read_number(text: str) -> Decimal:
    """Return the number that ``text`` means. A single separator is the decimal one: ``2,000`` is 2.

    Raises:
        ValueError: it is not a number of zero or more.
    """
    digits = _SPACES.sub(" ", text.strip())
    if _SPACED.fullmatch(digits):
        digits = digits.replace(" ", "")
    if match := _PLAIN.fullmatch(digits):
        return Decimal(f"{match['whole']}.{match['decimals'] or 0}")
    match = _GROUPED.fullmatch(digits)
    if match is None or match["mark"] == match["point"]:
        raise ValueError(text)
    return Decimal(f"{re.sub('[.,]', '', match['whole'])}.{match['decimals'] or 0}")
