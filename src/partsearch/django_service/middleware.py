"""What every answer of the Django service has in common."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from partsearch.contract import limits
from partsearch.contract.request_ids import REQUEST_ID_HEADER, request_id
from partsearch.django_service.api import API_VIEWS
from partsearch.django_service.bodies import has_body, read_body
from partsearch.django_service.log_lines import KnownRequest, logged_request
from partsearch.settings import settings

GetResponse = Callable[[HttpRequest], HttpResponse]


def contract_headers(get_response: GetResponse) -> GetResponse:
    """Return a middleware that adds the headers that the contract promises on every answer.

    The id of the request is kept as ``request.request_id``, and stands in what is logged while it is answered.
    """
    release = settings().release()

    def middleware(request: HttpRequest) -> HttpResponse:
        identifier = request_id(request.META.get("HTTP_X_REQUEST_ID"))
        request.request_id = identifier  # type: ignore[attr-defined]
        with logged_request(KnownRequest.of(request, identifier)):
            response = get_response(request)
        response.headers["X-Engine"] = "django"
        response.headers["X-Release"] = release
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers[REQUEST_ID_HEADER] = identifier
        return response

    return middleware


def accepted_hosts(get_response: GetResponse) -> GetResponse:
    """Return a middleware that has Django accept the hosts that FastAPI accepts too.

    A load balancer asks ``/healthz`` and ``/readyz`` by an address that nobody wrote into ALLOWED_HOSTS. A host with a
    colon and no port behind it is what RFC 3986 calls the default port; Django takes it for a host of another name.
    """
    own_host = settings().own_host()

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in PROBES:
            request.META["HTTP_HOST"] = own_host
        elif "HTTP_HOST" in request.META:
            request.META["HTTP_HOST"] = request.META["HTTP_HOST"].removesuffix(":")
        return get_response(request)

    return middleware


PROBES = ("/healthz", "/readyz")


def api_first(get_response: GetResponse) -> GetResponse:
    """Return a middleware that answers the API's addresses, and has all others go on to what is there for pages.

    Sessions, logins, messages, CSRF tokens and static files took a tenth of the time of a search, for nothing.
    """
    views = {f"/{address}": view for address, view in API_VIEWS.items()}

    def middleware(request: HttpRequest) -> HttpResponse:
        view = views.get(request.path_info)
        if view is None:
            return get_response(request)
        # Raises where ALLOWED_HOSTS has it not, as Django's CommonMiddleware asks for pages.
        request.get_host()
        return view(request)

    return middleware


def secure_cookies(get_response: GetResponse) -> GetResponse:
    """Has a browser that came by HTTPS send its cookies by nothing else.

    Django's own settings for it are all or nothing, and a shop without HTTPS could not log in to its admin.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response

    return middleware


def whole_requests(get_response: GetResponse) -> GetResponse:
    """Reads what a view has left of a body: a request that is refused need not be looked at.

    The server closes a connection with an unread rest, and at times only when the client has sent its next request.
    Where the rest may be long, the client is told that the connection ends.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if has_body(request) and (response.status_code == _TOO_LARGE or not _read_to_the_end(request)):
            response.headers["Connection"] = "close"
        return response

    return middleware


_TOO_LARGE = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def _read_to_the_end(request: HttpRequest) -> bool:
    """Whether the body has an end within the limit, and the client has sent it."""
    try:
        return len(read_body(request)) <= limits.BODY_BYTES
    except OSError:
        return False
