"""The messages and close codes of the live socket."""

from partsearch.contract.errors import ProblemError

GOING_AWAY = '{"type":"going-away"}'
"""Sent before the server closes on purpose, so that the client reconnects."""

SERVICE_RESTART = 1012
"""The close code after it."""

TOO_SLOW = 1008
"""The close code for a client that does not read."""


def result_message(answer: str) -> str:
    """Return the answer of a search as a message, whose first member is its type."""
    return '{"type":"result",' + answer.removeprefix("{")


def problem_message(problem: ProblemError) -> str:
    """Return a problem as a message. Its type replaces the ``about:blank`` of RFC 9457."""
    return problem.body().decode().replace('{"type":"about:blank"', '{"type":"problem"', 1)
