"""The responses that the event loop sends directly, without a thread."""

from partsearch.contract.answer.rendering import HEALTHY, JSON_CONTENT_TYPE
from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, DatabaseUnavailableError, ProblemError
from partsearch.contract.request_ids import REQUEST_ID_HEADER, request_id
from partsearch.database.progress import search_progress
from partsearch.django_service.front.rsgi_types import HTTPProtocol, Scope
from partsearch.settings import settings

_OK = 200


def send_health(scope: Scope, protocol: HTTPProtocol) -> None:
    """Answer ``/healthz``: 200, or 503 if the process is alive but completes no searches."""
    try:
        search_progress.require_progress()
    except DatabaseUnavailableError as problem:
        send_problem(scope, protocol, problem)
    else:
        protocol.response_bytes(_OK, _headers(scope, JSON_CONTENT_TYPE), HEALTHY)


def send_problem(scope: Scope, protocol: HTTPProtocol, problem: ProblemError, *, closes: bool = False) -> None:
    """Send ``problem`` as problem details (RFC 9457).

    Args:
        scope: the RSGI scope of the request.
        protocol: the protocol of the request.
        problem: what to send.
        closes: whether the connection closes after it, because the body was not read to its end.
    """
    headers = [*_headers(scope, PROBLEM_CONTENT_TYPE), *problem.headers.items()]
    if closes:
        headers.append(("Connection", "close"))
    protocol.response_bytes(int(problem.status), headers, problem.body())


def _headers(scope: Scope, content_type: str) -> list[tuple[str, str]]:
    return [
        ("Content-Type", content_type),
        ("X-Engine", "django"),
        ("X-Release", settings().release()),
        (REQUEST_ID_HEADER, request_id(scope.headers.get(REQUEST_ID_HEADER.lower()))),
    ]
