"""What Django itself refuses, in the contract's form; for a browser that asks for a page, as a page."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from partsearch.contract.errors import (
    DatabaseUnavailableError,
    ProblemError,
    internal_error,
    not_found,
    refused_request,
)
from partsearch.database.faults import fault_of
from partsearch.django_service.responses import problem_response
from partsearch.web.headers import protected


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """400: a host that is not served, or a request that Django cannot read."""
    return _answer(request, refused_request(HTTPStatus.BAD_REQUEST), "400.html")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """403: the admin, without the right to it."""
    return _answer(request, refused_request(HTTPStatus.FORBIDDEN), "403.html")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404."""
    return _answer(request, not_found(), "404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; or 503, where the admin lost the database. Django has logged either."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError) and fault_of(error.__cause__ or error):
        return _answer(request, DatabaseUnavailableError(), "503.html")
    return _answer(request, internal_error(), "500.html")


def _answer(request: HttpRequest, problem: ProblemError, template: str) -> HttpResponse:
    if "text/html" in request.headers.get("Accept", ""):
        return protected(HttpResponse(render_to_string(template), status=problem.status, headers=problem.headers))
    return problem_response(problem)
