"""What the live socket says."""

from partsearch.contract.errors import ProblemError

GOING_AWAY = '{"type":"going-away"}'
"""Comes before the server closes on purpose: the client is to connect anew."""

SERVICE_RESTART = 1012
"""The close code that follows it."""

TOO_SLOW = 1008
"""The close code for a client that does not read."""


def result_message(answer: str) -> str:
    """The answer of a search as a message; its first member tells that it is one."""
    return '{"type":"result",' + answer.removeprefix("{")


def problem_message(problem: ProblemError) -> str:
    """A problem as a message. Its kind stands where RFC 9457 has the ``about:blank`` that says nothing."""
    return problem.body().decode().replace('{"type":"about:blank"', '{"type":"problem"', 1)
