"""The currency that the rows above the header name: ``Цены указаны в у.е.``"""

import re
from collections.abc import Iterable

from partsearch.price_list.cells.currencies import LONGEST_WORDS, currency_code
from partsearch.price_list.formats import Record

_TRIGGER = re.compile(
    r"\b(?:цен[аыу]|валют\w*|ціни|ціна|кошты?|бағалар\w*|prices?|currency)\b(?:\s+[^\W\d]+){0,3}?"
    r"\s*(?:\b(?:в|у|ў|in)\b|[:\N{EN DASH}\N{EM DASH}-])\s*(?P<rest>.+)"
)
_WORD_ENDS = re.compile(r"[\s,;:()\N{EN DASH}\N{EM DASH}-]+")
_SHORTEST = 2


def preamble_currency(records: Iterable[Record]) -> str:
    """Return the code of the currency that the records name for the prices; empty if they name none, or several."""
    found = {code for record in records for cell in record.cells if (code := _currency(cell.lower()))}
    return found.pop() if len(found) == 1 else ""


def _currency(text: str) -> str:
    """Return the currency that follows ``Цены указаны в``; empty if another word does."""
    match = _TRIGGER.search(text)
    if match is None:
        return ""
    words = [word for word in _WORD_ENDS.split(match["rest"]) if word][:LONGEST_WORDS]
    for length in range(len(words), 0, -1):
        phrase = " ".join(words[:length]).rstrip(".")
        if len(phrase) >= _SHORTEST and (code := currency_code(phrase)):
            return code
    return ""
