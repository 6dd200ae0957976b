"""Colours of cars: those that the form suggests, and the swatch that a name of a colour is shown with."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partsearch.contract.text import normalize

SUGGESTED: tuple[tuple[str, Promise], ...] = (
    ("белый", _("white")),
    ("чёрный", _("black")),
    ("серый", _("grey")),
    ("серебристый", _("silver")),
    ("красный", _("red")),
    ("бордовый", _("burgundy")),
    ("оранжевый", _("orange")),
    ("жёлтый", _("yellow")),
    ("золотистый", _("golden")),
    ("бежевый", _("beige")),
    ("коричневый", _("brown")),
    ("зелёный", _("green")),
    ("голубой", _("light blue")),
    ("синий", _("blue")),
    ("фиолетовый", _("violet")),
)
"""As catalogues name them, which is in Russian, each with its name in the language of the page."""

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
    """The name of the swatch for a colour; empty where none fits. The last colour counts: ``тёмно-синий`` is blue."""
    words = re.findall(r"\w+", normalize(color))
    named = (_STEMS[stem] for word in reversed(words) for stem in _LONGEST_FIRST if word.startswith(stem))
    return next(named, "")
