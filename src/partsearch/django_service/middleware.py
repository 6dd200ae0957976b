"""What every answer of the Django service has in common."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from partsearch.settings import settings

GetResponse = Callable[[HttpRequest], HttpResponse]


def contract_headers(get_response: GetResponse) -> GetResponse:
    """Adds the headers that the contract promises on every answer."""
    release = settings().release()

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["X-Engine"] = "django"
        response.headers["X-Release"] = release
        return response

    return middleware
