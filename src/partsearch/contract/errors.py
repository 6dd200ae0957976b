"""The tree of exceptions: one root, and the problems that a client of the services can meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson

PROBLEM_CONTENT_TYPE = "application/problem+json"


class PartsearchError(Exception):
    """The root of every error that partsearch raises on purpose.

    ``str(error)`` names the cause; ``next_step`` tells the reader what to do about it.
    """

    def __init__(self, cause: str, next_step: str = "") -> None:
        super().__init__(cause)
        self.next_step = next_step


@dataclass(frozen=True)
class FieldError:
    """One fault in one field of a request: the field's dotted name and what is wrong with it."""

    field: str
    message: str


class ProblemError(PartsearchError):
    """An answer other than success, as RFC 9457 describes it.

    Args:
        status: the HTTP status.
        detail: what went wrong, for a person.
        errors: the faults by field, where fields are at fault.
        headers: headers that the answer needs beside the body, such as ``Allow``.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def body(self) -> bytes:
        """The problem as JSON bytes."""
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
    """400: the body, or the query string, cannot be read at all."""
    return ProblemError(HTTPStatus.BAD_REQUEST, detail)


def not_found() -> ProblemError:
    """404: no such address."""
    return ProblemError(HTTPStatus.NOT_FOUND, "There is nothing at this address.")


def method_not_allowed(allowed: Sequence[str]) -> ProblemError:
    """405: the address exists, the method does not."""
    allow = ", ".join(allowed)
    return ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, f"This address answers {allow} only.", headers={"Allow": allow})


def too_large(limit: int) -> ProblemError:
    """413: the body is over ``limit`` bytes."""
    return ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is over {limit // 1024} KiB.")


def not_json_content_type() -> ProblemError:
    """415: the body is said to be something other than JSON."""
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


def wrong_fields(errors: Sequence[FieldError]) -> ProblemError:
    """422: the body can be read, and these fields of it are wrong."""
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "Some fields are wrong: see 'errors'.", errors)


class DatabaseUnavailableError(ProblemError):
    """503: the database is out of reach or not in the state that this release needs."""

    def __init__(self, detail: str = "The database is out of reach.") -> None:
        super().__init__(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": "1"})


def query_too_slow(seconds: float) -> ProblemError:
    """503: the search ran past its time limit and was stopped."""
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"The search took longer than {seconds:g} s and was stopped. Narrow it and try again.",
        headers={"Retry-After": "5"},
    )


def service_busy() -> ProblemError:
    """Return the 503 of a search that would wait for its turn longer than a client should."""
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE, "Too many searches are waiting. Try again.", headers={"Retry-After": "1"}
    )


def address_busy() -> ProblemError:
    """Return the 429 of a search whose address has its share of searches under way for too long."""
    return ProblemError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "This address has as many searches under way as it may have. Wait for their answers.",
        headers={"Retry-After": "1"},
    )


def refused_request(status: HTTPStatus) -> ProblemError:
    """``status``: refused before anything of the contract was looked at, as for a host that is not served here."""
    return ProblemError(status, "The request was refused. Is its host among ALLOWED_HOSTS?")


def internal_error() -> ProblemError:
    """500: a fault of ours. Says nothing of its inside; the log does."""
    return ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "The server made a mistake. It has been logged.")
