"""The search that an address of the page holds: the contract's query string, forgiving where people type."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self
from urllib.parse import urlencode

from django.urls import reverse

from partsearch.contract.reading import query_pairs, search_from_query
from partsearch.contract.search import FIELDS, Search
from partsearch.contract.text import WHITE_SPACE, is_empty, trim

PARAMS_PREFIX = "params."
_PRICES = ("price_gte", "price_lte")
_WRITTEN_PRICE = {
    "ru": re.compile(r"[0-9]+([.,][0-9]+)?"),
    "en": re.compile(r"([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?"),
}
_WITHOUT_WHITE_SPACE = str.maketrans("", "", WHITE_SPACE)

Pair = tuple[str, str]


@dataclass(frozen=True)
class PageAddress:
    """A language of the page, and the names and values of a search as the query string holds them."""

    language: str
    pairs: tuple[Pair, ...] = ()

    @classmethod
    def read(cls, language: str, query: bytes) -> Self:
        """The address with the query string ``query``.

        Empty fields ask for nothing and are left out. So are names that are no fields of a search: messengers and
        search engines hang their own on the links that people send each other.

        Raises:
            ProblemError: 400 where the query string cannot be read.
        """
        pairs = query_pairs(query)
        return cls(language, tuple((name, _tidy(name, value, language)) for name, value in pairs if _asks(name, value)))

    def search(self) -> Search:
        """The search itself.

        Raises:
            ProblemError: 422 where fields are wrong.
        """
        return search_from_query(urlencode(self.pairs).encode())

    def values(self, name: str) -> list[str]:
        """All values of one field."""
        return [value for key, value in self.pairs if key == name]

    def value(self, name: str) -> str:
        """The first value of one field; empty where it is not given."""
        return next(iter(self.values(name)), "")

    @property
    def filters(self) -> tuple[Pair, ...]:
        """Every pair but the page."""
        return tuple(pair for pair in self.pairs if pair[0] != "page")

    @property
    def url(self) -> str:
        """The address as a link."""
        path = reverse(f"web:{self.language}")
        return f"{path}?{urlencode(self.pairs)}" if self.pairs else path

    def at_page(self, number: int) -> Self:
        """The same search at another page."""
        page = (("page", str(number)),) if number > 1 else ()
        return type(self)(self.language, self.filters + page)

    def without(self, *dropped: Pair) -> Self:
        """The first page of the search without some of its filters."""
        return type(self)(self.language, tuple(pair for pair in self.filters if pair not in dropped))

    def in_language(self, language: str) -> Self:
        """The same search in another language."""
        return type(self)(language, self.pairs)


def _asks(name: str, value: str) -> bool:
    is_field = name.startswith(PARAMS_PREFIX) or (name in FIELDS and name != "params")
    return is_field and not is_empty(value)


def _tidy(name: str, value: str, language: str) -> str:
    """A price as people of the language write it, ``1 500,50`` or ``1,500.50``, as a number; anything else as it is."""
    if name not in _PRICES:
        return trim(value)
    digits = value.translate(_WITHOUT_WHITE_SPACE)
    if not _WRITTEN_PRICE[language].fullmatch(digits):
        return trim(value)
    return f"{Decimal(digits.replace(',', '' if language == 'en' else '.')):f}"
