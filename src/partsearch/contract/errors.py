"""The problems that a service answers instead of a result, in the form of RFC 9457."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus

import orjson

from partsearch.contract.field_errors import FieldError
from partsearch.errors import PartsearchError

PROBLEM_CONTENT_TYPE = "application/problem+json"


class ProblemCode(StrEnum):
    """The cause of a problem, where a page tells the user more than the status does."""

    OTHER = "other"
    NOT_UTF8 = "not_utf8"
    UNSTORABLE_TEXT = "unstorable_text"
    QUERY_TOO_SLOW = "query_too_slow"
    DATABASE_UNAVAILABLE = "database_unavailable"


class ProblemError(PartsearchError):
    """An answer other than success.

    Args:
        status: the HTTP status.
        detail: the cause, as an English sentence.
        errors: the errors of the fields, where fields are invalid.
        headers: headers that the answer needs beside the body, such as ``Allow``.
        code: the cause, for a page that words it in the user's language.
        params: the parameters of the code, such as the seconds of a time limit.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        *,
        code: ProblemCode = ProblemCode.OTHER,
        params: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.code = code
        self.params = dict(params or {})

    def body(self) -> bytes:
        """Return the problem as JSON."""
        problem: dict[str, object] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
        }
        if self.errors:
            problem["errors"] = [{"field": error.field, "message": error.message} for error in self.errors]
        return orjson.dumps(problem)


def not_json(detail: str) -> ProblemError:
    """Return the 400 of a body that is not a JSON object."""
    return ProblemError(HTTPStatus.BAD_REQUEST, detail)


def not_utf8(place: str) -> ProblemError:
    """Return the 400 of a request whose ``place``, its body or its query string, is not UTF-8."""
    return ProblemError(HTTPStatus.BAD_REQUEST, f"The {place} is not UTF-8.", code=ProblemCode.NOT_UTF8)


def unstorable_text() -> ProblemError:
    """Return the 400 of a text that PostgreSQL cannot store."""
    return ProblemError(
        HTTPStatus.BAD_REQUEST,
        "A text holds a NUL character or half of a surrogate pair.",
        code=ProblemCode.UNSTORABLE_TEXT,
    )


def not_found() -> ProblemError:
    """Return the 404 of an address that does not exist."""
    return ProblemError(HTTPStatus.NOT_FOUND, "There is nothing at this address.")


def method_not_allowed(allowed: Sequence[str]) -> ProblemError:
    """Return the 405 of an address that exists and takes the methods ``allowed`` only."""
    allow = ", ".join(allowed)
    return ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, f"This address answers {allow} only.", headers={"Allow": allow})


def too_large(limit: int) -> ProblemError:
    """Return the 413 of a body over ``limit`` bytes."""
    return ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is over {limit // 1024} KiB.")


def not_json_content_type() -> ProblemError:
    """Return the 415 of a body whose ``Content-Type`` is not JSON."""
    return ProblemError(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send the search as JSON, with the header 'Content-Type: application/json'."
    )


def encoded_body() -> ProblemError:
    """Return the 415 of a body that is compressed."""
    return ProblemError(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Send the body as it is, without 'Content-Encoding'.",
        headers={"Accept-Encoding": "identity"},
    )


def invalid_fields(errors: Sequence[FieldError]) -> ProblemError:
    """Return the 422 of a request that can be read and whose fields have ``errors``."""
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "Some fields are wrong: see 'errors'.", errors)


class DatabaseUnavailableError(ProblemError):
    """503: the database is out of reach, or its schema is not the one that this release needs."""

    def __init__(self, detail: str = "The database is out of reach.") -> None:
        super().__init__(
            HTTPStatus.SERVICE_UNAVAILABLE,
            detail,
            headers={"Retry-After": "1"},
            code=ProblemCode.DATABASE_UNAVAILABLE,
        )


def query_too_slow(seconds: float) -> ProblemError:
    """Return the 503 of a search that was stopped at its time limit of ``seconds``."""
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"The search took longer than {seconds:g} s and was stopped. Narrow it and try again.",
        headers={"Retry-After": "5"},
        code=ProblemCode.QUERY_TOO_SLOW,
        params={"seconds": f"{seconds:g}"},
    )


def service_busy() -> ProblemError:
    """Return the 503 of a search that would wait in the queue longer than its limit."""
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE, "Too many searches are waiting. Try again.", headers={"Retry-After": "1"}
    )


def address_busy() -> ProblemError:
    """Return the 429 of a search whose address stays at its limit of concurrent searches for too long."""
    return ProblemError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "This address has reached its limit of concurrent searches. Wait for their answers.",
        headers={"Retry-After": "1"},
    )


def exports_busy() -> ProblemError:
    """Return the 503 of an export that would run beside too many others."""
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "As many exports are running as may run at a time. Try again later.",
        headers={"Retry-After": "10"},
    )


def export_too_slow(seconds: float) -> ProblemError:
    """Return the 503 of an export whose first parts took longer than ``seconds``."""
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"The database took longer than {seconds:g} s to find the first parts. Narrow the search and try again.",
        headers={"Retry-After": "30"},
        code=ProblemCode.QUERY_TOO_SLOW,
        params={"seconds": f"{seconds:g}"},
    )


def rejected_request(status: HTTPStatus) -> ProblemError:
    """Return the problem of a request that the framework rejects with ``status``, such as one for another host."""
    return ProblemError(status, "The request was refused. Is its host among ALLOWED_HOSTS?")


def internal_error() -> ProblemError:
    """Return the 500 of an error in our own code. It names no details; the log has them."""
    return ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "An internal error occurred. It has been logged.")
