"""How text is compared: in form NFKC, without invisible characters, ignoring case, ё as е, white space as one space.

The database does the same to stored text (``partsearch_normalize`` in ``catalog/migrations/normalize.sql``). A search
hands it text that is already normalised: a plain value, that the planner knows and no row has to compute again.
"""

import re
from unicodedata import normalize as _in_form

WHITE_SPACE = (
    "".join(chr(code) for code in (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000"
)
"""The characters that are white space: Unicode's White_Space and the four ASCII separators, as in ``str.isspace``."""

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Unicode's Default_Ignorable_Code_Point, as it stands in the brackets of a regular expression."""

_DIAERESIS = "\u0308"
_WHITE_SPACE_RUN = re.compile(f"[{WHITE_SPACE}]+")
_INVISIBLE_RUN = re.compile(f"[{INVISIBLE}]+")
_TIDY = re.compile("[!-~«»À-ÿА-яЁё–—]+(?: [!-~«»À-ÿА-яЁё–—]+)*").fullmatch
"""Most texts: ASCII, Latin-1 and Cyrillic letters, one space between words. Nothing but case and ё is left to do."""

_INDEXABLE = re.compile(r"[^\W_]{3}")
_ONE_TO_ONE = str.maketrans({"İ": "i", "Σ": "σ"})
"""Before ``lower()``: the two letters that Python lowers by more than one character or by their place in a word."""

_WITHOUT_DIAERESIS = str.maketrans({"ё": "е", _DIAERESIS: None})
"""ё as е. A diaeresis that composes with nothing is left out, or it would make ё of the е again."""


def trim(text: str) -> str:
    """Return ``text`` without the white space at its ends."""
    return text.strip(WHITE_SPACE)


def normalize(text: str) -> str:
    """Return ``text`` as it is compared; what is normalised already comes back as it is."""
    tidy = text if _TIDY(text) else _with_single_spaces(text)
    if tidy.isascii() or _TIDY(tidy):
        return tidy.lower().replace("ё", "е")
    return _with_single_spaces(_composed(_INVISIBLE_RUN.sub("", tidy)))


def _with_single_spaces(text: str) -> str:
    return _WHITE_SPACE_RUN.sub(" ", text).strip(" ")


def _composed(text: str) -> str:
    """Return ``text`` in lower case and in form NFKC.

    NFC once more: a lower case letter may have a composed form where the capital has none, and е in the place of ё too.
    """
    lower = _in_form("NFKC", text).translate(_ONE_TO_ONE).lower()
    return _in_form("NFC", _in_form("NFC", lower).translate(_WITHOUT_DIAERESIS))


def has_trigram(text: str) -> bool:
    """Return whether a trigram index can narrow a search for ``text``: it needs three letters or digits in a row."""
    return _INDEXABLE.search(text) is not None


def is_empty(text: str) -> bool:
    """Return whether nothing of ``text`` is compared: it has white space and invisible characters alone."""
    return not trim(text) or (not text.isascii() and not normalize(text))
