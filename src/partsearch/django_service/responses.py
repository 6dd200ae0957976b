"""Answers of the contract as Django's responses, and the decorator that makes a plain function a view of it."""

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from partsearch.contract.answer import JSON_CONTENT_TYPE
from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, ProblemError, method_not_allowed

View = Callable[..., HttpResponse]


def json_response(body: bytes) -> HttpResponse:
    """A 200 with ``body``."""
    return HttpResponse(body, content_type=JSON_CONTENT_TYPE)


def problem_response(problem: ProblemError) -> HttpResponse:
    """``problem`` as RFC 9457 has it."""
    return HttpResponse(
        problem.body(), status=problem.status, content_type=PROBLEM_CONTENT_TYPE, headers=problem.headers
    )


def answers(*methods: str) -> Callable[[View], View]:
    """Makes a function a view that answers these methods, and every problem in the contract's form.

    HEAD goes wherever GET does.
    """
    allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def answer(request: HttpRequest) -> HttpResponse:
            try:
                if request.method not in allowed:
                    raise method_not_allowed(allowed)
                return view(request)
            except ProblemError as problem:
                return problem_response(problem)

        answer.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie means anything here
        return answer

    return decorate
