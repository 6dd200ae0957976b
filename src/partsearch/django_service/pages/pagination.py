"""The links to other pages of a result: at most seven, for any number of pages."""

from dataclasses import dataclass

from partsearch.contract.limits import PAGE_MAXIMUM, PARTS_PER_PAGE
from partsearch.django_service.pages.address import PageAddress
from partsearch.django_service.pages.number_text import format_number


@dataclass(frozen=True)
class PageLink:
    """A link to a page, or a gap between two of them, whose ``url`` is empty."""

    label: str
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Pagination:
    """The current page among the pages, and the links to the others."""

    address: PageAddress
    current: int
    count: int
    page_size: int = PARTS_PER_PAGE

    @property
    def last(self) -> int:
        """The number of the last page that an address can name."""
        return max(1, min(-(-self.count // self.page_size), PAGE_MAXIMUM))

    @property
    def current_text(self) -> str:
        """The number of the current page."""
        return format_number(self.current)

    @property
    def last_text(self) -> str:
        """The number of the last page."""
        return format_number(self.last)

    @property
    def is_past_end(self) -> bool:
        """Whether parts match but this page is behind the last one."""
        return self.count > 0 and self.current > self.last

    @property
    def previous_url(self) -> str:
        """The address of the page before; empty on the first page."""
        return self._url(self.current - 1)

    @property
    def next_url(self) -> str:
        """The address of the page after; empty on the last page."""
        return self._url(self.current + 1)

    @property
    def last_url(self) -> str:
        """The address of the last page."""
        return self._url(self.last)

    @property
    def links(self) -> list[PageLink]:
        """The first page, the last, the current one and its neighbours, with gaps between them."""
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
        return PageLink(format_number(number), self._url(number), is_current=number == self.current)

    def _url(self, number: int) -> str:
        return self.address.at_page(number).url if 1 <= number <= self.last else ""
