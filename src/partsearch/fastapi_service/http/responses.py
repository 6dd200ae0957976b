"""The contract's answers as Starlette responses."""

from fastapi import Response

from partsearch.contract.answer.rendering import JSON_CONTENT_TYPE
from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, ProblemError


def json_response(body: bytes) -> Response:
    """Return a 200 with ``body``."""
    return Response(body, media_type=JSON_CONTENT_TYPE)


def problem_response(problem: ProblemError) -> Response:
    """Return ``problem`` as problem details (RFC 9457)."""
    return Response(problem.body(), problem.status, problem.headers, PROBLEM_CONTENT_TYPE)
