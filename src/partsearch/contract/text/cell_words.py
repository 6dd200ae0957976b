"""Words and values of cells that both the export and the import of lists know: what one writes, the other reads."""

EMPTY_CELLS = frozenset(("", "-", "\N{EN DASH}", "\N{EM DASH}"))
"""Cells that say nothing."""

NO_NUMBER = frozenset(
    (
        *("нет", "нету", "нет номера", "б/н", "б\\н", "бн", "без номера", "без артикула", "не указан", "не указано"),
        *(
            "отсутствует",
            "нет данных",
            "неизвестно",
            "немає",
            "відсутній",
            "няма",
            "жоқ",
            "n/a",
            "na",
            "none",
            "null",
            "?",
        ),
    )
)
"""Cells that say that a part has no number, in lower case."""

CURRENCY_WORDS = {
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
"""The words, signs and codes of each currency."""

CURRENCIES = tuple(CURRENCY_WORDS)

LEFT, RIGHT, BOTH_SIDES = SIDES = ("левая", "правая", "левая/правая")
FRONT, REAR, BOTH_ENDS = POSITIONS = ("перед", "зад", "перед/зад")
TOP, BOTTOM, BOTH_LEVELS = LEVELS = ("верх", "низ", "верх/низ")

MONTHS = "янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
"""Abbreviated months as a spreadsheet writes them, for a regular expression."""
