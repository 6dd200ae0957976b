"""Currencies as price lists write them: codes, signs, and words in the languages of the region."""

from partsearch.contract.text.cell_words import CURRENCIES, CURRENCY_WORDS

__all__ = ["AMBIGUOUS_SIGNS", "CURRENCIES", "LONGEST_WORDS", "currency_code"]

_CODES = {word: code for code, words in CURRENCY_WORDS.items() for word in words.split(", ")}
AMBIGUOUS_SIGNS = frozenset("¥￥")
"""Signs that several currencies share. They name none of them."""

LONGEST_WORDS = max(len(word.split()) for word in _CODES)
"""The most words that name one currency."""


def currency_code(word: str) -> str | None:
    """Return the code of a currency: ``USD`` for ``$``; ``None`` for an unknown word and for an ambiguous sign."""
    return _CODES.get(" ".join(word.lower().replace(".", " ").split()))
