"""Normalises text for comparison: form NFKC, no invisible characters, no case, ё as е, white space as one space.

The database normalises what it stores in the same way: ``partsearch_normalize`` in
``catalog/migrations/normalize.sql``. A search sends it text that is normalised already, so the planner sees a plain
value and no row computes it again.
"""

import re
from unicodedata import normalize as _in_form

WHITE_SPACE = (
    "".join(chr(code) for code in (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000"
)
"""The white space characters: Unicode's White_Space and the four ASCII separators, as in ``str.isspace``."""

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Unicode's Default_Ignorable_Code_Point, written for the brackets of a regular expression."""

_DIAERESIS = "\u0308"
_WHITE_SPACE_RUN = re.compile(f"[{WHITE_SPACE}]+")
_INVISIBLE_RUN = re.compile(f"[{INVISIBLE}]+")
_TIDY = re.compile("[!-~«»À-ÿА-яЁё–—]+(?: [!-~«»À-ÿА-яЁё–—]+)*").fullmatch
"""Matches most texts: ASCII, Latin-1 and Cyrillic letters, one space between words. Only case and ё remain to do."""

_INDEXABLE = re.compile(r"[^\W_]{3}")
_ONE_TO_ONE = str.maketrans({"İ": "i", "Σ": "σ"})
"""For use before ``lower()``: Python lowers the first to two characters, and the second by its place in a word."""

_WITHOUT_DIAERESIS = str.maketrans({"ё": "е", _DIAERESIS: None})
"""ё becomes е. A diaeresis that composes with no letter is removed, or it would turn that е into ё again."""


def trim(text: str) -> str:
    """Return ``text`` without the white space at its ends."""
    return text.strip(WHITE_SPACE)


def normalize(text: str) -> str:
    """Return ``text`` normalised; a normalised text is returned unchanged."""
    tidy = text if _TIDY(text) else _with_single_spaces(text)
    if tidy.isascii() or _TIDY(tidy):
        return tidy.lower().replace("ё", "е")
    return _with_single_spaces(normalize_piece(tidy))


def normalize_piece(text: str) -> str:
    """Return a piece of a text normalised, but for its white space."""
    return _composed(_INVISIBLE_RUN.sub("", text))


def _with_single_spaces(text: str) -> str:
    return _WHITE_SPACE_RUN.sub(" ", text).strip(" ")


def _composed(text: str) -> str:
    """Return ``text`` in lower case and in form NFKC.

    It is composed twice more: a lower case letter can have a composed form that its capital lacks, and so can the е
    that replaces a ё.
    """
    lower = _in_form("NFKC", text).translate(_ONE_TO_ONE).lower()
    return _in_form("NFC", _in_form("NFC", lower).translate(_WITHOUT_DIAERESIS))


def has_trigram(text: str) -> bool:
    """Return whether ``text`` has three letters or digits in a row, which a trigram index needs."""
    return _INDEXABLE.search(text) is not None


def is_empty(text: str) -> bool:
    """Return whether ``text`` has only white space and invisible characters, which are not compared."""
    return not trim(text) or (not text.isascii() and not normalize(text))
