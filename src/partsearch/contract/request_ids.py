"""The id of a request, in the header ``X-Request-Id`` of its answer and in every log line about it."""

import re
from uuid import uuid4

REQUEST_ID_HEADER = "X-Request-Id"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id(given: str | None) -> str:
    """Return the id of a request.

    Args:
        given: the value of the header in the request, if it has one.

    Returns:
        ``given`` if it is 1 to 64 characters of ``A-Za-z0-9._-``, or else a random id of 32 hexadecimal digits.
    """
    return given if given and _ACCEPTABLE.fullmatch(given) else uuid4().hex
