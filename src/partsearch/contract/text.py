"""How text is compared: without regard to case, with ё as е, with each run of white space as one space.

The database does the same to stored text (``partsearch_normalize`` in ``catalog/migrations/functions.sql``). A search
hands it text that is already normalised: a plain value, that the planner knows and no row has to compute again.
"""

import re

WHITE_SPACE = (
    "".join(chr(code) for code in (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000"
)
"""The characters that are white space: Unicode's White_Space and the four ASCII separators, as in ``str.isspace``."""

_WHITE_SPACE_RUN = re.compile(f"[{WHITE_SPACE}]+")
_INDEXABLE = re.compile(r"[^\W_]{3}")
_ONE_TO_ONE = str.maketrans({"İ": "i", "Σ": "σ", "Ё": "е", "ё": "е"})
"""Before ``lower()``: the two letters that Python lowers by more than one character or by their place in a word."""


def trim(text: str) -> str:
    """``text`` without the white space at its ends."""
    return text.strip(WHITE_SPACE)


def normalize(text: str) -> str:
    """``text`` as it is compared."""
    return _WHITE_SPACE_RUN.sub(" ", trim(text)).translate(_ONE_TO_ONE).lower()


def has_trigram(text: str) -> bool:
    """Whether a trigram index can narrow a search for ``text``: it needs three letters or digits in a row."""
    return _INDEXABLE.search(text) is not None
