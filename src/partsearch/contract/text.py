"""How text is compared: without regard to case, with ё as е, with each run of white space as one space.

The database compares: the SQL function ``partsearch_normalize`` (see ``catalog/migrations``) is the one place that
folds case, for stored text and for the text of a search alike, so that the two can never disagree. What is here is
what has to be known before the database is asked.
"""

import re

WHITE_SPACE = "".join(
    chr(code)
    for code in (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B))
) + "\u2028\u2029\u202f\u205f\u3000"
"""The characters that are white space: Unicode's White_Space and the four ASCII separators, as in ``str.isspace``."""

_LIKE_SPECIAL = re.compile(r"([\\%_])")
_INDEXABLE = re.compile(r"[^\W_]{3}")


def trim(text: str) -> str:
    """``text`` without the white space at its ends."""
    return text.strip(WHITE_SPACE)


def like_pattern(text: str) -> str:
    """The LIKE pattern that finds ``text`` anywhere, its own ``%``, ``_`` and ``\\`` being ordinary characters."""
    return "%" + _LIKE_SPECIAL.sub(r"\\\1", text) + "%"


def has_trigram(text: str) -> bool:
    """Whether a trigram index can narrow a search for ``text``: it needs three letters or digits in a row."""
    return _INDEXABLE.search(text) is not None
