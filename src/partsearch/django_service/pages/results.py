"""The results of a search, formatted for the page."""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext, ngettext

from partsearch.contract.exported_list.formats import ExportFormat
from partsearch.contract.exported_list.xlsx import MOST_PARTS
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.django_service.database.reader import read
from partsearch.django_service.folding import folding
from partsearch.django_service.found_parts import FoundPart, FoundParts
from partsearch.django_service.pages.address import PageAddress
from partsearch.django_service.pages.attributes import Attributes, read_attributes
from partsearch.django_service.pages.highlighted_name import NamePiece, name_pieces
from partsearch.django_service.pages.live import checksum, search_json
from partsearch.django_service.pages.number_text import format_number
from partsearch.django_service.pages.pagination import Pagination
from partsearch.django_service.pages.typed_notice import Meaning, TypedNotice, vehicle_meanings
from partsearch.django_service.queries import find_parts, needs_snapshot
from partsearch.django_service.typed.dictionary import dictionary_keeper
from partsearch.django_service.typed.missed_searches import notice_count
from partsearch.django_service.typed.understood import understood_of


@dataclass(frozen=True)
class ShownPart:
    """A part with its price and its attributes formatted for the page."""

    found: FoundPart
    highlights: tuple[str, ...] = ()

    @property
    def name_pieces(self) -> list[NamePiece]:
        """The name, split where what ``q`` has found starts and ends."""
        return name_pieces(self.found.name, self.highlights)

    @property
    def price(self) -> str:
        """The price with separated thousands."""
        return format_number(self.found.price)

    @cached_property
    def attributes(self) -> Attributes:
        """The attributes in ``json_data``."""
        return read_attributes(self.found.json_data)


@dataclass(frozen=True)
class Download:
    """A link to all matching parts as a file."""

    label: str
    url: str


@dataclass(frozen=True)
class SearchResults:
    """A page of parts, and the count and sum of all matching parts."""

    search: Search
    found: FoundParts
    pagination: Pagination
    understood: Understood | None = None
    vehicles: tuple[Meaning, ...] = ()

    @property
    def parts(self) -> list[ShownPart]:
        """The parts of the page."""
        highlights = self.understood.highlights if self.understood else ()
        return [ShownPart(row, highlights) for row in self.found.rows]

    @property
    def count_text(self) -> str:
        """The number of matching parts, in words."""
        return ngettext("%(count)s part", "%(count)s parts", self.found.count) % {
            "count": format_number(self.found.count)
        }

    @property
    def summ_text(self) -> str:
        """The sum of the prices of all matching parts."""
        return format_number(self.found.summ)

    @property
    def downloads(self) -> list[Download]:
        """The files that all matching parts fit into."""
        formats = {"Excel": ExportFormat.XLSX, "CSV": ExportFormat.CSV}
        if self.found.count > MOST_PARTS:
            del formats["Excel"]
        return [Download(label, self.pagination.address.export_url(name)) for label, name in formats.items()]

    @property
    def live_search(self) -> str:
        """The search as the page sends it to the live socket."""
        return search_json(self.search)

    @property
    def checksum(self) -> int:
        """The checksum of the answer: if the live socket's answer has the same one, the page is up to date."""
        return checksum(self.found, self.search, self.understood)

    @property
    def announcement(self) -> str:
        """The result in a sentence for screen readers."""
        if not self.found.count:
            return gettext("Nothing found.")
        return gettext("Found: %(count)s. Total price: %(summ)s.") % {"count": self.count_text, "summ": self.summ_text}

    @property
    def typed(self) -> TypedNotice | None:
        """What is said about ``q``, or None without it."""
        return TypedNotice(self.pagination.address, self.understood, self.vehicles) if self.understood else None

    @property
    def has_crossed_prices(self) -> bool:
        """Whether no price can lie between the bounds."""
        lowest, highest = self.search.price_gte, self.search.price_lte
        return lowest is not None and highest is not None and lowest > highest


def load_results(address: PageAddress, search: Search) -> SearchResults:
    """Return the results of ``search``.

    Raises:
        ProblemError: 503 if the database is out of reach or the search took too long.
    """
    folding().notice_search()
    understood = understood_of(search)
    found = read(lambda: find_parts(search, understood), from_one_snapshot=needs_snapshot(search, understood))
    notice_count(search, found.count)
    vehicles = vehicle_meanings(understood, dictionary_keeper.known) if understood else ()
    pagination = Pagination(address, search.page, found.count, search.per_page)
    return SearchResults(search, found, pagination, understood, vehicles)
