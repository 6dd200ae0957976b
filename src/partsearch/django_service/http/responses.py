"""The contract's answers as Django responses, and the decorator that makes a function a view of the API."""

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from partsearch.contract.answer.rendering import JSON_CONTENT_TYPE
from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, ProblemError, method_not_allowed

View = Callable[..., HttpResponseBase]


def json_response(body: bytes) -> HttpResponse:
    """Return a 200 with ``body``."""
    return HttpResponse(body, content_type=JSON_CONTENT_TYPE)


def problem_response(problem: ProblemError) -> HttpResponse:
    """Return ``problem`` as problem details (RFC 9457)."""
    return HttpResponse(
        problem.body(), status=problem.status, content_type=PROBLEM_CONTENT_TYPE, headers=problem.headers
    )


def answers(*methods: str) -> Callable[[View], View]:
    """Return a decorator for a view of these methods, which answers every ``ProblemError`` as problem details.

    A view that answers GET answers HEAD too.
    """
    allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def answer(request: HttpRequest, **of_address: str) -> HttpResponseBase:
            try:
                if request.method not in allowed:
                    raise method_not_allowed(allowed)
                return view(request, **of_address)
            except ProblemError as problem:
                return problem_response(problem)

        answer.csrf_exempt = True  # type: ignore[attr-defined]  # the API reads no cookies
        return answer

    return decorate
