"""The body of a request, read no further than it may go."""

from django.http import HttpRequest

from partsearch.contract import limits


def has_body(request: HttpRequest) -> bool:
    """Whether the request came with a body."""
    return request.META.get("CONTENT_LENGTH", "") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in request.META


def read_body(request: HttpRequest) -> bytes:
    """What is left of the body, up to one byte more than it may hold.

    Django itself takes a body of unannounced length, which is sent in chunks, to be empty.

    Raises:
        OSError: the client has gone.
    """
    if "CONTENT_LENGTH" in request.META:
        return request.read(limits.BODY_READ_BYTES)
    body: bytes = request.META["wsgi.input"].read(limits.BODY_READ_BYTES)
    return body
