"""``/search/part/``: the search, as JSON in the body of a POST or in the query string of a GET."""

from django.http import HttpRequest, HttpResponse

from partsearch.contract import reading
from partsearch.contract.answer import search_answer
from partsearch.contract.search import Search
from partsearch.django_service import queries
from partsearch.django_service.database.reader import read
from partsearch.django_service.folding import folding
from partsearch.django_service.request import read_body
from partsearch.django_service.responses import answers, json_response


@answers("GET", "POST")
def search_part(request: HttpRequest) -> HttpResponse:
    """Return one page of the matching parts with the count and the sum of all matches."""
    search = _search(request)
    folding().notice_search()
    found = read(lambda: queries.find_parts(search))
    return json_response(search_answer((row.as_answer() for row in found.rows), found.count, found.summ))


def _search(request: HttpRequest) -> Search:
    if request.method != "POST":
        return reading.search_from_query(request.META["QUERY_STRING"].encode("latin-1"))
    reading.check_content_type(request.META.get("CONTENT_TYPE", ""))
    reading.check_content_encoding(request.META.get("HTTP_CONTENT_ENCODING"))
    reading.check_content_length(request.META.get("CONTENT_LENGTH"))
    return reading.search_from_body(read_body(request))
