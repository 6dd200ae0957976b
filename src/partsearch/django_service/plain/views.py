"""``/search/part/`` as a class-based view."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from partsearch.contract.answer.rendering import JSON_CONTENT_TYPE, number, search_answer
from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, ProblemError, method_not_allowed
from partsearch.contract.request import reading
from partsearch.contract.request.search import Search
from partsearch.django_service.plain.queries import FoundPart, find_parts


@method_decorator(csrf_exempt, name="dispatch")
class SearchPartView(View):
    """The search, in the query string of a GET or in the body of a POST."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a request; answer errors as RFC 9457 problems."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except ProblemError as problem:
            return HttpResponse(problem.body(), PROBLEM_CONTENT_TYPE, problem.status, headers=problem.headers)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer a search by query string."""
        return _answer(reading.search_from_query(request.META["QUERY_STRING"].encode("latin-1")))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer a search by JSON body."""
        reading.check_content_type(request.headers.get("Content-Type", ""))
        reading.check_content_encoding(request.headers.get("Content-Encoding"))
        reading.check_content_length(request.headers.get("Content-Length"))
        return _answer(reading.search_from_body(request.body))

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Raise 405 in the contract's form."""
        raise method_not_allowed(["GET", "POST", "HEAD"])


def _answer(search: Search) -> HttpResponse:
    found = find_parts(search)
    return HttpResponse(search_answer(map(_shown, found.parts), found.count, found.summ), JSON_CONTENT_TYPE)


def _shown(part: FoundPart) -> dict[str, Any]:
    """Return a part as the contract shows it."""
    mark = {
        "id": part.mark.id,
        "name": part.mark.name,
        "producer_country_name": part.mark.producer_country_name,
    }
    return {
        "id": part.id,
        "mark": mark,
        "model": {"id": part.model.id, "name": part.model.name},
        "name": part.name,
        "json_data": orjson.Fragment(part.json_text),
        "price": number(part.price),
    }
