"""The answers of the contract for the errors that Nginx answers without a service."""

from http import HTTPStatus

from partsearch.contract.errors import ProblemError, internal_error, method_not_allowed, not_found, too_large
from partsearch.contract.limits import BODY_BYTES

_BAD = HTTPStatus.BAD_REQUEST
_RETRY = {"Retry-After": "1"}

NGINX_PROBLEMS: dict[int, ProblemError] = {
    400: ProblemError(_BAD, "The request is not valid HTTP."),
    404: not_found(),
    405: method_not_allowed(["GET", "POST", "HEAD"]),
    408: ProblemError(HTTPStatus.REQUEST_TIMEOUT, "The request came too slowly."),
    413: too_large(BODY_BYTES),
    414: ProblemError(HTTPStatus.REQUEST_URI_TOO_LONG, "The address is too long. Send the search as a POST."),
    429: ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests from this address.", headers=_RETRY),
    494: ProblemError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers of the request are too large."),
    500: internal_error(),
    501: ProblemError(HTTPStatus.NOT_IMPLEMENTED, "The transfer encoding of the request is not supported."),
    502: ProblemError(HTTPStatus.BAD_GATEWAY, "The service does not answer just now.", headers=_RETRY),
    503: ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "The service does not answer just now.", headers=_RETRY),
    504: ProblemError(HTTPStatus.GATEWAY_TIMEOUT, "The service took too long to answer.", headers=_RETRY),
    505: ProblemError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "This version of HTTP is not supported."),
}
"""By Nginx's number of the error; 494 is its number for headers that are too large."""
