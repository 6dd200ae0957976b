"""The search in an address of the page: the contract's query string, with prices as people write them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self
from urllib.parse import urlencode

from django.urls import reverse

from partsearch.contract.request.reading import query_pairs, search_from_query
from partsearch.contract.request.search import FIELDS, Search
from partsearch.contract.text.normalized import WHITE_SPACE, is_empty, trim

PARAMS_PREFIX = "params."
_EXPORT = "/search/part/export/"
_PRICES = ("price_gte", "price_lte")
_PAGE = "page"
ARRANGEMENT = ("sort", "per_page")
"""The fields that say in which order the page shows what is found, and how much of it."""

_NOT_SHOWN = ("params", "facets", "highlight")
"""The fields of a search that the page has no use for."""
_WRITTEN_PRICE = {
    "ru": re.compile(r"[0-9]+([.,][0-9]+)?"),
    "en": re.compile(r"([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?"),
}
_WITHOUT_WHITE_SPACE = str.maketrans("", "", WHITE_SPACE)

Pair = tuple[str, str]


@dataclass(frozen=True)
class PageAddress:
    """The language of a page, and the names and values in its query string."""

    language: str
    pairs: tuple[Pair, ...] = ()

    @classmethod
    def read(cls, language: str, query: bytes) -> Self:
        """Return the address with the query string ``query``.

        Empty fields filter nothing and are left out. Names that are not fields of a search are left out too: messengers
        and search engines add their own to links.

        Raises:
            ProblemError: 400 if the query string cannot be read.
        """
        filters = [(name, value) for name, value in query_pairs(query) if _is_filter(name, value)]
        return cls(language, tuple((name, _normalize(name, value, language)) for name, value in filters))

    def search(self) -> Search:
        """Return the search.

        Raises:
            ProblemError: 422 if fields are invalid.
        """
        return search_from_query(urlencode(self.pairs).encode())

    def values(self, name: str) -> list[str]:
        """Return all values of one field."""
        return [value for key, value in self.pairs if key == name]

    def value(self, name: str) -> str:
        """Return the first value of one field; empty if it has none."""
        return next(iter(self.values(name)), "")

    @property
    def filters(self) -> tuple[Pair, ...]:
        """The pairs that say what is searched."""
        return tuple(pair for pair in self.pairs if pair[0] not in (_PAGE, *ARRANGEMENT))

    @property
    def arrangement(self) -> tuple[Pair, ...]:
        """The pairs that say how it is shown, but for the number of the page."""
        return tuple(pair for pair in self.pairs if pair[0] in ARRANGEMENT)

    @property
    def url(self) -> str:
        """The address as a link."""
        path = reverse(f"pages:{self.language}")
        return f"{path}?{urlencode(self.pairs)}" if self.pairs else path

    def export_url(self, export_format: str) -> str:
        """Return the address of all parts that the search finds, as a file."""
        return f"{_EXPORT}?{urlencode((*self.filters, ('format', export_format)))}"

    def at_page(self, number: int) -> Self:
        """Return the same search at another page."""
        page = (("page", str(number)),) if number > 1 else ()
        return type(self)(self.language, self.filters + self.arrangement + page)

    def without(self, *dropped: Pair) -> Self:
        """Return the first page of the search without some of its filters."""
        return self._with(pair for pair in self.filters if pair not in dropped)

    def literally(self) -> Self:
        """Return the first page of the search for what is typed in ``q`` as a part of the part's name."""
        others = [pair for pair in self.filters if pair[0] not in ("q", "part_name")]
        return self._with([("part_name", self.value("q")), *others])

    def in_language(self, language: str) -> Self:
        """Return the same search in another language."""
        return type(self)(language, self.pairs)

    def _with(self, filters: Iterable[Pair]) -> Self:
        return type(self)(self.language, (*filters, *self.arrangement))


def _is_filter(name: str, value: str) -> bool:
    is_field = name.startswith(PARAMS_PREFIX) or (name in FIELDS and name not in _NOT_SHOWN)
    return is_field and not is_empty(value)


def _normalize(name: str, value: str, language: str) -> str:
    """Return ``value`` trimmed.

    A price in the notation of the language, ``1 500,50`` or ``1,500.50``, becomes a number of the contract.
    """
    if name not in _PRICES:
        return trim(value)
    digits = value.translate(_WITHOUT_WHITE_SPACE)
    if not _WRITTEN_PRICE[language].fullmatch(digits):
        return trim(value)
    return f"{Decimal(digits.replace(',', '' if language == 'en' else '.')):f}"
