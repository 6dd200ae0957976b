"""Normalises part numbers for comparison: lists, searches and the index of the database do it in the same way."""

import re
from unicodedata import normalize as in_form

_LATIN = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzАВЕКМНОРСТУХІЈЅавекмнорстухіјѕбгджзилпфцчшщъыьэюяґє",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZABEKMHOPCTYXIJSABEKMHOPCTYXIJSБГДЖЗИЛПФЦЧШЩЪЫЬЭЮЯҐЄ",
)
"""Capitals, and Latin letters for Cyrillic look-alikes; migration 0013 has the same."""

_NOISE = re.compile("[^0-9A-ZА-ЯҐЄ]+")


def normalize_number(text: str) -> str:
    """Return a part number for comparison: upper case letters and digits only, Latin letters for look-alikes.

    The function ``partsearch_numbers`` of the database does the same to ``article`` and ``oem``, for its index.
    """
    decomposed = text if text.isascii() else in_form("NFKD", text)
    return _NOISE.sub("", decomposed.translate(_LATIN))
