"""Patterns of LIKE."""

import re

_SPECIAL = re.compile(r"([\\%_])")


def escape_like(text: str) -> str:
    """Return a LIKE pattern that matches ``text`` alone."""
    return _SPECIAL.sub(r"\\\1", text)


def contains(text: str) -> str:
    """Return a LIKE pattern that matches what contains ``text``."""
    return f"%{escape_like(text)}%"
