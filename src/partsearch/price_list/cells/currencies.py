"""Currencies as price lists write them: codes, signs, and words in the languages of the region."""

_WORDS = {
    "RUB": "rub, rur, руб, рубль, рубля, рублей, рубли, рублях, р, ₽, руб коп, российских рублях, российский рубль, "
    "рос руб, росруб, rubles, roubles",
    "BYN": "byn, br, бел руб, белруб, бел р, б р, бр, бел рублях, белорусский рубль, белорусских рублей, "
    "белорусских рублях",
    "UAH": "uah, грн, гривна, гривня, гривен, гривень, гривні, гривнях, гривнах, ₴, hrn",
    "KZT": "kzt, тенге, теңге, тг, ₸, tenge",
    "USD": "usd, $, us$, долл, доллар, доллара, доллары, долларов, долларах, долларах сша, долл сша, доллар сша, "
    "долларов сша, долар, "
    "доларів, dollars, у е, уе",
    "EUR": "eur, €, евро, євро, еўра, еуро, euro",
    "AMD": "amd, драм, ֏",
    "GEL": "gel, лари, ₾",
    "UZS": "uzs, сум, сўм, sum, so'm",
    "KGS": "kgs, сом, som, ⃀",
    "AZN": "azn, манат, ₼",
    "MDL": "mdl, лей, леев, молд лей",
    "TJS": "tjs, сомони",
    "TMT": "tmt",
    "CNY": "cny, rmb, юань, юаней, cn¥, 元",
    "JPY": "jpy, иена, иен, йена, йен, jp¥, 円",
    "TRY": "try, ₺",
    "PLN": "pln, zł, злотый, злотых",
    "GBP": "gbp, £",
    "KRW": "krw, ₩, вон, вона",
    "AED": "aed, дирхам, дирхамов",
}
_CODES = {word: code for code, words in _WORDS.items() for word in words.split(", ")}
AMBIGUOUS_SIGNS = frozenset("¥￥")
"""Signs that several currencies share. They name none of them."""

CURRENCIES = tuple(_WORDS)
LONGEST_WORDS = max(len(word.split()) for word in _CODES)
"""The most words that name one currency."""


def currency_code(word: str) -> str | None:
    """Return the code of a currency: ``USD`` for ``$``; ``None`` for an unknown word and for an ambiguous sign."""
    return _CODES.get(" ".join(word.lower().replace(".", " ").split()))
