"""What a search found, for people to read."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as now
from django.utils.translation import ngettext

from partsearch.contract.search import Search
from partsearch.django_service.database.reader import read
from partsearch.django_service.found_parts import FoundPart, FoundParts
from partsearch.django_service.pages.address import PageAddress
from partsearch.django_service.pages.attributes import Attributes, read_attributes
from partsearch.django_service.pages.live import checksum, search_text
from partsearch.django_service.pages.number_text import grouped
from partsearch.django_service.pages.pagination import Pagination
from partsearch.django_service.queries import find_parts


@dataclass(frozen=True)
class ShownPart:
    """A part, and how its price and its attributes read."""

    found: FoundPart

    @property
    def price(self) -> str:
        """The price with its thousands apart."""
        return grouped(self.found.price)

    @cached_property
    def attributes(self) -> Attributes:
        """What ``json_data`` says."""
        return read_attributes(self.found.json_data)


@dataclass(frozen=True)
class Results:
    """A page of parts with what is true of all that match."""

    search: Search
    found: FoundParts
    pagination: Pagination

    @property
    def parts(self) -> list[ShownPart]:
        """The parts of the page."""
        return [ShownPart(row) for row in self.found.rows]

    @property
    def count_text(self) -> str:
        """How many parts match."""
        return ngettext("%(count)s part", "%(count)s parts", self.found.count) % {"count": grouped(self.found.count)}

    @property
    def summ_text(self) -> str:
        """What all parts that match cost together."""
        return grouped(self.found.summ)

    @property
    def live_search(self) -> str:
        """The search as the live socket takes it."""
        return search_text(self.search)

    @property
    def checksum(self) -> int:
        """Of the answer as the services give it: equal where the live socket has nothing newer."""
        return checksum(self.found)

    @property
    def announcement(self) -> str:
        """The result in a sentence, for a screen reader to speak."""
        if not self.found.count:
            return now("Nothing found.")
        return now("Found: %(count)s. Total price: %(summ)s.") % {"count": self.count_text, "summ": self.summ_text}

    @property
    def has_crossed_prices(self) -> bool:
        """Whether no price can lie between the bounds."""
        lowest, highest = self.search.price_gte, self.search.price_lte
        return lowest is not None and highest is not None and lowest > highest


def load_results(address: PageAddress, search: Search) -> Results:
    """What ``search`` finds.

    Raises:
        ProblemError: 503 where the database is out of reach or the search took too long.
    """
    found = read(lambda: find_parts(search))
    return Results(search, found, Pagination(address, search.page, found.count))
