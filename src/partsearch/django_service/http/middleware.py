"""The middleware of the Django service for the contract: headers, hosts, bodies, and a short way for the API."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from partsearch.contract import limits
from partsearch.contract.request_ids import REQUEST_ID_HEADER, request_id
from partsearch.django_service.http.log_filters import LoggedRequest, logging_request
from partsearch.django_service.http.request import has_body, read_body
from partsearch.django_service.views import api_view
from partsearch.settings import settings

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def contract_headers(get_response: GetResponse) -> GetResponse:
    """Return a middleware that adds the headers that the contract promises on every answer.

    It keeps the id of the request as ``request.request_id``. Every log line of the request has the id.
    """
    release = settings().release()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        identifier = request_id(request.META.get("HTTP_X_REQUEST_ID"))
        request.request_id = identifier  # type: ignore[attr-defined]
        with logging_request(LoggedRequest.of(request, identifier)):
            response = get_response(request)
        response.headers["X-Engine"] = "django"
        response.headers["X-Release"] = release
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers[REQUEST_ID_HEADER] = identifier
        return response

    return middleware


def accepted_hosts(get_response: GetResponse) -> GetResponse:
    """Return a middleware that makes Django accept the hosts that FastAPI accepts.

    A load balancer requests ``/healthz`` and ``/readyz`` by address, which ALLOWED_HOSTS does not have. A host with a
    colon and no port has the default port (RFC 3986). Django takes it for a different host.
    """
    own_host = settings().own_host()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info in _PROBES:
            request.META["HTTP_HOST"] = own_host
        elif "HTTP_HOST" in request.META:
            request.META["HTTP_HOST"] = request.META["HTTP_HOST"].removesuffix(":")
        return get_response(request)

    return middleware


_PROBES = ("/healthz", "/readyz")


def api_first(get_response: GetResponse) -> GetResponse:
    """Return a middleware that answers the API's addresses itself and passes all others on.

    The API needs no sessions, logins, messages, CSRF tokens or static files. They took a tenth of the time of a search.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        view = api_view(request.path_info)
        if view is None:
            return get_response(request)
        # It raises for a host that is not in ALLOWED_HOSTS. For pages, CommonMiddleware calls it.
        request.get_host()
        return view(request)

    return middleware


def secure_cookies(get_response: GetResponse) -> GetResponse:
    """Return a middleware that marks the cookies of a request by HTTPS as secure.

    Django's own settings do it for every request, and then nobody can log in to the admin of a site without HTTPS.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response

    return middleware


def whole_requests(get_response: GetResponse) -> GetResponse:
    """Return a middleware that reads the part of a body that a view has left unread.

    The server closes a connection with an unread body, sometimes only when the client has sent its next request. For a
    body that may be long, the middleware announces the close with the header ``Connection`` instead.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if has_body(request) and (response.status_code == _TOO_LARGE or not _read_to_the_end(request)):
            response.headers["Connection"] = "close"
        return response

    return middleware


_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def _read_to_the_end(request: HttpRequest) -> bool:
    """Return whether the body ends within the limit and the client has sent all of it."""
    try:
        return len(read_body(request)) <= limits.BODY_BYTES
    except OSError:
        return False
