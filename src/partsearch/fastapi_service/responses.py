"""Answers of the contract as Starlette's responses."""

from fastapi import Response

from partsearch.contract.answer import JSON_CONTENT_TYPE
from partsearch.contract.errors import PROBLEM_CONTENT_TYPE, ProblemError


def json_response(body: bytes) -> Response:
    """A 200 with ``body``."""
    return Response(body, media_type=JSON_CONTENT_TYPE)


def problem_response(problem: ProblemError) -> Response:
    """``problem`` as RFC 9457 has it."""
    return Response(problem.body(), problem.status, problem.headers, PROBLEM_CONTENT_TYPE)
