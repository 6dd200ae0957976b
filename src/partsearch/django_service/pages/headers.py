"""The headers that restrict what a page may do in a browser: it may load files of this site only."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from partsearch.django_service.http.middleware import GetResponse

_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def page_headers(get_response: GetResponse) -> GetResponse:
    """Return a middleware that adds these headers to every page of the site, of the admin, and of errors.

    One policy fits all of them: the admin loads its scripts and styles from the same address.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            for name, value in _HEADERS.items():
                response[name] = value
        return response

    return middleware
