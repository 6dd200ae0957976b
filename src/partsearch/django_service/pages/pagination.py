"""The links to the other pages of a result: a handful, however many pages there are."""

from dataclasses import dataclass

from partsearch.contract.limits import PAGE_MAXIMUM, PARTS_PER_PAGE
from partsearch.django_service.pages.address import PageAddress
from partsearch.django_service.pages.number_text import grouped


@dataclass(frozen=True)
class PageLink:
    """A link to a page; ``url`` is empty where pages are left out between its neighbours."""

    label: str
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Pagination:
    """Where the reader is among the pages, and the links from there."""

    address: PageAddress
    current: int
    count: int

    @property
    def last(self) -> int:
        """The number of the last page that an address can name."""
        return max(1, min(-(-self.count // PARTS_PER_PAGE), PAGE_MAXIMUM))

    @property
    def current_text(self) -> str:
        """The number of the current page."""
        return grouped(self.current)

    @property
    def last_text(self) -> str:
        """The number of the last page."""
        return grouped(self.last)

    @property
    def is_past_end(self) -> bool:
        """Whether parts match, but none is on this page."""
        return self.count > 0 and self.current > self.last

    @property
    def previous_url(self) -> str:
        """The page before, empty where there is none."""
        return self._url(self.current - 1)

    @property
    def next_url(self) -> str:
        """The page after, empty where there is none."""
        return self._url(self.current + 1)

    @property
    def last_url(self) -> str:
        """The last page."""
        return self._url(self.last)

    @property
    def links(self) -> list[PageLink]:
        """The first page, the last, the current one and its neighbours, with gaps between."""
        near = {1, self.current - 1, self.current, self.current + 1, self.last}
        links: list[PageLink] = []
        before = 0
        for number in sorted(number for number in near if 1 <= number <= self.last):
            if number - before == 2:
                links.append(self._link(before + 1))
            elif number - before > 2:
                links.append(PageLink("…"))
            links.append(self._link(number))
            before = number
        return links

    def _link(self, number: int) -> PageLink:
        return PageLink(grouped(number), self._url(number), is_current=number == self.current)

    def _url(self, number: int) -> str:
        return self.address.at_page(number).url if 1 <= number <= self.last else ""
