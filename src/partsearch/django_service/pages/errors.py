"""Django's error handlers: they answer a problem of the contract, or a page if the client accepts HTML."""

import sys
from http import HTTPStatus
from math import ceil

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from partsearch.contract.errors import (
    DatabaseUnavailableError,
    ProblemError,
    internal_error,
    not_found,
    rejected_request,
)
from partsearch.database.errors.driver_errors import error_kind
from partsearch.django_service.http.responses import problem_response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the 400 of a host that is not in ALLOWED_HOSTS, or of a request that Django cannot read."""
    return problem_answer(request, _bad_request(exception))


def _bad_request(exception: Exception) -> ProblemError:
    if isinstance(exception, DisallowedHost):
        return rejected_request(HTTPStatus.BAD_REQUEST)
    return ProblemError(HTTPStatus.BAD_REQUEST, "The request cannot be read.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Return the 403 of a user without the permission."""
    return problem_answer(request, rejected_request(HTTPStatus.FORBIDDEN))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Return the 404 of an address that does not exist."""
    return problem_answer(request, not_found())


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the 500 of an error in our code, or 503 if the admin lost the database. Django has logged either."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError) and error_kind(error.__cause__ or error):
        return problem_answer(request, DatabaseUnavailableError())
    return problem_answer(request, internal_error())


def problem_answer(request: HttpRequest, problem: ProblemError) -> HttpResponse:
    """Return ``problem`` as JSON, or as a page from the template of its status if the client accepts HTML."""
    if "text/html" not in request.headers.get("Accept", ""):
        return problem_response(problem)
    page = render_to_string(f"{problem.status}.html", {"problem": problem, "minutes": _minutes_to_wait(problem)})
    return HttpResponse(page, status=problem.status, headers=problem.headers)


def _minutes_to_wait(problem: ProblemError) -> int:
    """Return the minutes of ``Retry-After``, rounded up."""
    return ceil(int(problem.headers.get("Retry-After", "0")) / 60)
