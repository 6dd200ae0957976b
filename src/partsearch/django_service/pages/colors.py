"""Colours of cars: the ones that the form suggests, and the swatch for the name of a colour."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from partsearch.contract.text.normalized import normalize

SUGGESTED: tuple[tuple[str, Promise], ...] = (
    ("белый", gettext_lazy("white")),
    ("чёрный", gettext_lazy("black")),
    ("серый", gettext_lazy("grey")),
    ("серебристый", gettext_lazy("silver")),
    ("красный", gettext_lazy("red")),
    ("бордовый", gettext_lazy("burgundy")),
    ("оранжевый", gettext_lazy("orange")),
    ("жёлтый", gettext_lazy("yellow")),
    ("золотистый", gettext_lazy("golden")),
    ("бежевый", gettext_lazy("beige")),
    ("коричневый", gettext_lazy("brown")),
    ("зелёный", gettext_lazy("green")),
    ("голубой", gettext_lazy("light blue")),
    ("синий", gettext_lazy("blue")),
    ("фиолетовый", gettext_lazy("violet")),
)
"""Their names in catalogues, which are Russian, and in the language of the page."""

_STEMS = {
    "бел": "white",
    "черн": "black",
    "сер": "grey",
    "серебр": "silver",
    "красн": "red",
    "бордов": "burgundy",
    "вишнев": "burgundy",
    "оранж": "orange",
    "желт": "yellow",
    "золот": "golden",
    "беж": "beige",
    "коричн": "brown",
    "зелен": "green",
    "голуб": "light-blue",
    "син": "blue",
    "фиолет": "violet",
    "white": "white",
    "black": "black",
    "grey": "grey",
    "gray": "grey",
    "silver": "silver",
    "red": "red",
    "orange": "orange",
    "yellow": "yellow",
    "gold": "golden",
    "beige": "beige",
    "brown": "brown",
    "green": "green",
    "blue": "blue",
    "violet": "violet",
    "purple": "violet",
}
SWATCHES = frozenset(_STEMS.values())
_LONGEST_FIRST = sorted(_STEMS, key=len, reverse=True)


def swatch(color: str) -> str:
    """Return the swatch for a colour, or an empty text if none fits. The last word counts: ``тёмно-синий`` is blue."""
    words = re.findall(r"\w+", normalize(color))
    named = (_STEMS[stem] for word in reversed(words) for stem in _LONGEST_FIRST if word.startswith(stem))
    return next(named, "")
