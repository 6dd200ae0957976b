"""The key that the spellings of one name share."""

import re
from unicodedata import normalize as in_form

from partsearch.contract.text.normalized import normalize

_SEPARATORS = re.compile("[ \N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}-]")
_ACCENTS = re.compile("(?<=[a-z])[\N{COMBINING GRAVE ACCENT}-\N{COMBINING LATIN SMALL LETTER X}]+")


def name_key(name: str) -> str:
    """Return the key of a name: ``Land-Rover`` and ``LandRover`` have the same, and so have ``Škoda`` and ``Skoda``."""
    normalized = normalize(name)
    key = _SEPARATORS.sub("", normalized) or normalized
    return key if key.isascii() else in_form("NFC", _ACCENTS.sub("", in_form("NFD", key)))
