"""Rejects requests before a view runs: an unsupported method, and text that PostgreSQL cannot store."""

from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, UnreadablePostError

from partsearch.contract.errors import method_not_allowed
from partsearch.django_service.http.middleware import GetResponse
from partsearch.django_service.pages.errors import problem_answer

_ADMIN = "admin"
_METHODS: Final = {"pages": ("GET", "HEAD"), _ADMIN: ("GET", "HEAD", "POST")}
"""The methods of an app's addresses. Django itself would check the CSRF token first and answer 403."""

_METHODS_OF_VIEW: Final = {"logout": ("POST",), "autocomplete": ("GET", "HEAD"), "jsi18n": ("GET", "HEAD")}
"""The methods of the admin's views that take fewer."""

_NUL = "\0"


class CheckedRequests:
    """The middleware that makes these checks."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer. Django's own 405 has no body; it becomes a problem of the contract."""
        response = self._get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not getattr(response, "content", b""):
            allowed = [method for method in response["Allow"].split(", ") if method != "OPTIONS"]
            return problem_answer(request, method_not_allowed(allowed))
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _arguments: Any, _keywords: Any
    ) -> HttpResponseBase | None:
        """Return a 405 if the address does not support the method.

        Raises:
            BadRequest: the admin is sent text that the database cannot store.
        """
        match = request.resolver_match
        app, view = (match.app_name, match.url_name or "") if match else ("", "")
        allowed = _METHODS_OF_VIEW.get(view) if app == _ADMIN else None
        allowed = allowed or _METHODS.get(app)
        if allowed and request.method not in allowed:
            return problem_answer(request, method_not_allowed(allowed))
        if app == _ADMIN:
            _check_storable(request)
        return None


def _check_storable(request: HttpRequest) -> None:
    if any(_NUL in text for text in _texts(request)):
        raise BadRequest("A text holds a NUL character")


def _texts(request: HttpRequest) -> list[str]:
    """Return every text of ``request`` that a view of the admin may send to the database."""
    try:
        fields = [*request.GET.lists(), *request.POST.lists()]
    except UnreadablePostError as error:
        raise BadRequest("The client closed the connection before the end of its request") from error
    return [request.path_info, *request.COOKIES.values(), *(text for name, texts in fields for text in (name, *texts))]
