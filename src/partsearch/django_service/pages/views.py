"""The search page."""

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from partsearch.contract.errors import ProblemError
from partsearch.django_service.pages.address import PageAddress
from partsearch.django_service.pages.choices import Choices, kept_choices, load_choices
from partsearch.django_service.pages.faults import Faults, ShownProblem, shown_faults, shown_problem
from partsearch.django_service.pages.form import FORM_FIELDS, SearchForm
from partsearch.django_service.pages.live import socket_of
from partsearch.django_service.pages.results import Results, load_results


@dataclass(frozen=True)
class _LanguageLink:
    """A link to the same search in a language."""

    code: str
    name: str
    url: str
    is_current: bool


@dataclass
class _Page:
    """The page as far as it could be made; ``problem`` says what kept it from being whole."""

    address: PageAddress
    choices: Choices
    results: Results | None = None
    problem: ProblemError | None = None

    def make(self) -> None:
        """Reads the lists and the results. Faults in the fields leave the lists, a database out of reach nothing."""
        try:
            self.choices = load_choices(self.address)
            self.results = load_results(self.address, self.address.search())
        except ProblemError as problem:
            self.problem = problem

    @property
    def form(self) -> SearchForm:
        return SearchForm(self.address, self.choices, self.faults)

    @property
    def faults(self) -> Faults:
        return shown_faults(self.problem.errors, FORM_FIELDS) if self.problem else Faults()

    @property
    def languages(self) -> list[_LanguageLink]:
        return [
            _LanguageLink(code, name, self.address.in_language(code).url, is_current=code == self.address.language)
            for code, name in settings.LANGUAGES
        ]

    @property
    def shown_problem(self) -> ShownProblem | None:
        return shown_problem(self.problem) if self.problem else None


@require_safe
def search_page(request: HttpRequest, language: str) -> HttpResponse:
    """The form and what the search in the address finds.

    The address alone decides the language, so a link that is sent to a friend shows the friend the same page.
    """
    with translation.override(language):
        page = _page(language, request.META.get("QUERY_STRING", "").encode("latin-1"))
        status = page.problem.status if page.problem else HTTPStatus.OK
        response = render(request, "web/page.html", {"page": page, "socket": socket_of(request)}, status=status)
    response["Content-Language"] = language
    response["Cache-Control"] = "no-cache"
    for name, value in (page.problem.headers if page.problem else {}).items():
        response[name] = value
    return response


def _page(language: str, query: bytes) -> _Page:
    try:
        address = PageAddress.read(language, query)
    except ProblemError as problem:
        return _Page(PageAddress(language), Choices(), problem=problem)
    page = _Page(address, kept_choices(address))
    page.make()
    return page
