"""What the service reads from a request: its text as UTF-8, and its body up to a limit."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.utils.http import parse_header_parameters

from partsearch.contract import limits


class Utf8Request(WSGIRequest):
    """A request whose text is UTF-8, whatever charset its ``Content-Type`` names.

    Django decodes even the query string by that charset. It fails before any view or middleware where the charset is
    not one of text, such as ``hex``, or where the header is invalid.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):
            self.content_type, self.content_params = "", {}


def has_body(request: HttpRequest) -> bool:
    """Return whether the request came with a body."""
    return request.META.get("CONTENT_LENGTH", "") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in request.META


def read_body(request: HttpRequest) -> bytes:
    """Return the unread part of the body, at most one byte more than the limit.

    Django itself takes a chunked body, whose length is not announced, for an empty one.

    Raises:
        OSError: the client has disconnected.
    """
    if "CONTENT_LENGTH" in request.META:
        return request.read(limits.BODY_READ_BYTES)
    body: bytes = request.META["wsgi.input"].read(limits.BODY_READ_BYTES)
    return body
