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
from partsearch.django_service.pages.choices import Choices, chosen_choices, load_choices
from partsearch.django_service.pages.error_messages import FormErrors, ProblemNotice, form_errors, problem_notice
from partsearch.django_service.pages.form import FORM_FIELDS, SearchForm
from partsearch.django_service.pages.live import live_socket_path
from partsearch.django_service.pages.results import SearchResults, load_results


@dataclass(frozen=True)
class _LanguageLink:
    """A link to the same search in a language."""

    code: str
    name: str
    url: str
    is_current: bool


@dataclass
class _Page:
    """The content of the page. With a ``problem`` there are no results, and the lists may hold only what is chosen."""

    address: PageAddress
    choices: Choices
    results: SearchResults | None = None
    problem: ProblemError | None = None

    def load(self) -> None:
        """Read the lists and the results, or note the problem. With invalid fields the lists are read all the same."""
        try:
            self.choices = load_choices(self.address)
            self.results = load_results(self.address, self.address.search())
        except ProblemError as problem:
            self.problem = problem

    @property
    def form(self) -> SearchForm:
        return SearchForm(self.address, self.choices, self.errors)

    @property
    def errors(self) -> FormErrors:
        return form_errors(self.problem.errors, FORM_FIELDS) if self.problem else FormErrors()

    @property
    def languages(self) -> list[_LanguageLink]:
        return [
            _LanguageLink(code, name, self.address.in_language(code).url, is_current=code == self.address.language)
            for code, name in settings.LANGUAGES
        ]

    @property
    def problem_notice(self) -> ProblemNotice | None:
        return problem_notice(self.problem) if self.problem else None


@require_safe
def search_page(request: HttpRequest, language: str) -> HttpResponse:
    """Return the page with the form and the results of the search in the address.

    The address alone decides the language, so a link shows the same page to everyone.
    """
    with translation.override(language):
        page = _page(language, request.META.get("QUERY_STRING", "").encode("latin-1"))
        status = page.problem.status if page.problem else HTTPStatus.OK
        response = render(
            request, "pages/page.html", {"page": page, "socket": live_socket_path(request)}, status=status
        )
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
    page = _Page(address, chosen_choices(address))
    page.load()
    return page
