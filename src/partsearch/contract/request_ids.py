"""The id of a request: stands in the header ``X-Request-Id`` of its answer and in every log line about it."""

import re
from uuid import uuid4

REQUEST_ID_HEADER = "X-Request-Id"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id(given: str | None) -> str:
    """Return the id that a request is known by.

    Args:
        given: the value of the client's own header, if it sent one.

    Returns:
        ``given`` where it is 1 to 64 of ``A-Za-z0-9._-``; else a new random one of 32 hexadecimal digits.
    """
    return given if given and _ACCEPTABLE.fullmatch(given) else uuid4().hex
