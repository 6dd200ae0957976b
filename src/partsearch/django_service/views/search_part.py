"""``/search/part/``: the search, as JSON in the body of a POST or in the query string of a GET."""

from django.http import HttpRequest, HttpResponse

from partsearch.contract.answer.facets import Facet, facets_answer
from partsearch.contract.answer.rendering import with_member
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request import reading
from partsearch.contract.request.search import Search
from partsearch.django_service import queries
from partsearch.django_service.database.reader import read
from partsearch.django_service.facets.queries import count_facets
from partsearch.django_service.folding import folding
from partsearch.django_service.found_parts import FoundParts
from partsearch.django_service.http.request import read_body
from partsearch.django_service.http.responses import answers, json_response
from partsearch.django_service.typed.missed_searches import notice_count
from partsearch.django_service.typed.understood import understood_of


@answers("GET", "POST")
def search_part(request: HttpRequest) -> HttpResponse:
    """Return one page of the matching parts with the count and the sum of all matches."""
    search = _search(request)
    folding().notice_search()
    understood = understood_of(search)
    needs_snapshot = bool(search.facets) or queries.needs_snapshot(search, understood)
    found, facets = read(lambda: _found(search, understood), from_one_snapshot=needs_snapshot)
    notice_count(search, found.count)
    answer = found.as_answer(search, understood)
    return json_response(with_member(answer, "facets", facets_answer(facets)) if search.facets else answer)


def _found(search: Search, understood: Understood | None) -> tuple[FoundParts, dict[str, Facet]]:
    return queries.find_parts(search, understood), count_facets(search, understood)


def _search(request: HttpRequest) -> Search:
    if request.method != "POST":
        return reading.search_from_query(request.META["QUERY_STRING"].encode("latin-1"))
    reading.check_content_type(request.META.get("CONTENT_TYPE", ""))
    reading.check_content_encoding(request.META.get("HTTP_CONTENT_ENCODING"))
    reading.check_content_length(request.META.get("CONTENT_LENGTH"))
    return reading.search_from_body(read_body(request))
