"""``/search/part/export/``: all parts that a search finds, as a file."""

import logging
from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from partsearch.contract import limits
from partsearch.contract.errors import DatabaseUnavailableError, export_too_slow
from partsearch.contract.exported_list.formats import download_headers
from partsearch.contract.request.export import export_from_query
from partsearch.database.errors.driver_errors import ErrorKind, error_kind, public_reason
from partsearch.django_service.exports import EXPORTS, ExportTimeoutError, exported_pieces
from partsearch.django_service.front.response import ResponseCutError
from partsearch.django_service.http.client import current_client
from partsearch.django_service.http.log_filters import LoggedRequest, logging_request
from partsearch.django_service.http.responses import answers
from partsearch.django_service.typed.understood import understood_of

logger = logging.getLogger(__name__)


@answers("GET")
def export_parts(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Return all matching parts as a file. An error before the first byte is answered as problem details."""
    export = export_from_query(request.META["QUERY_STRING"].encode("latin-1"))
    headers = download_headers(export.format)
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    pieces = exported_pieces(export, EXPORTS, understood_of(export.search))
    try:
        first = next(pieces)
    except (DatabaseError, InterfaceError) as error:
        raise _problem(error) from error
    logged = LoggedRequest.of(request, request.request_id)  # type: ignore[attr-defined]  # contract_headers sets it
    return StreamingHttpResponse(_Pieces(first, pieces, logged), headers=headers)


def _problem(error: Exception) -> Exception:
    """Return the error that the client gets for an error of the database."""
    current_client().raise_if_disconnected()
    cause = error.__cause__ or error
    kind = error_kind(cause)
    if kind is None:
        return error
    if kind is ErrorKind.CANCELLED:
        return export_too_slow(limits.EXPORT_STATEMENT_SECONDS)
    return DatabaseUnavailableError(public_reason(cause))


class _Pieces:
    """The pieces of a response, of which the first has been read. ``close`` ends the reading."""

    def __init__(self, first: bytes, pieces: Iterator[bytes], logged: LoggedRequest) -> None:
        self._first: bytes | None = first
        self._pieces = pieces
        self._logged = logged

    def __iter__(self) -> "_Pieces":
        return self

    def __next__(self) -> bytes:
        """Return the next piece.

        Raises:
            ResponseCutError: there is none because of an error, which has been logged.
        """
        if self._first is not None:
            first, self._first = self._first, None
            return first
        try:
            return next(self._pieces)
        except (DatabaseError, InterfaceError, ExportTimeoutError, ValueError) as error:
            current_client().raise_if_disconnected()
            with logging_request(self._logged):
                logger.warning("An export was cut: %s", str(error).strip().partition("\n")[0])
            raise ResponseCutError from error

    def close(self) -> None:
        """Stop reading, and close the connection to the database."""
        self._pieces.close()  # type: ignore[attr-defined]  # it is a generator
