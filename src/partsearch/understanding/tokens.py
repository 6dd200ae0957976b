"""Splits a typed text into words."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from partsearch.contract.text.normalized import normalize
from partsearch.understanding.layout import other_layout

_ENDS = re.compile(r"^[\W_]+|[\W_]+$")
_HARD = re.compile(r"[^\w.\-]+|_+")
"""What separates words also without blanks: ``тормозной/передний``."""

_WORD = re.compile(r"[0-9]+(?:[.,-][0-9]+)+|[^\W_]+")
_KEY_BETWEEN_LETTERS = re.compile(r"[\[\];',.`](?=[a-z])|(?<=[a-z])[\[\];'`]")
"""A sign that is a letter in the Russian layout: ``,fvgth``, ``rhsif[``."""

_WITHOUT_MEANING = (
    "для на в во от с со к ко и или из за при не а о об the for of and "
    "купить цена цены продам продажа недорого дешево стоимость заказать нужен нужна нужно нужны ищу "
    "запчасть запчасти запчастей авто автомобиль автомобиля машины"
)
_NO_MEANING = frozenset(_WITHOUT_MEANING.split())
"""Words that do not filter."""


class Word(NamedTuple):
    """A typed word.

    Attributes:
        text: the word as a name may contain it, normalised.
        raw: what was typed between blanks, with its signs.
    """

    text: str
    raw: str

    @property
    def has_meaning(self) -> bool:
        """Whether a search filters by this word."""
        return self.text not in _NO_MEANING

    @property
    def has_digit(self) -> bool:
        """Whether the word has a digit."""
        return any("0" <= letter <= "9" for letter in self.text)


def split(text: str, is_one: Callable[[str], bool]) -> Iterator[Word]:
    """Yield the words of a text.

    Args:
        text: what was typed.
        is_one: whether a text with signs inside is one thing: ``б/у``, ``cr-v``, ``21083-2803015``.
    """
    for raw in normalize(text).split(" "):
        bare = _ENDS.sub("", raw)
        if not bare:
            continue
        if bare.isalnum() and not _is_other_layout(raw, is_one):
            yield Word(bare, raw if raw.strip(".") == bare else bare)
        elif is_one(bare) or _is_other_layout(raw, is_one):
            yield Word(bare, raw)
        else:
            yield from _pieces(bare, is_one)


def signs_alone(text: str) -> list[str]:
    """Return what stands between blanks and has neither letters nor digits."""
    return [raw for raw in normalize(text).split(" ") if raw and not _ENDS.sub("", raw)]


def _is_other_layout(raw: str, is_one: Callable[[str], bool]) -> bool:
    if not _KEY_BETWEEN_LETTERS.search(raw):
        return False
    switched = other_layout(raw)
    return switched is not None and is_one(switched)


def _pieces(bare: str, is_one: Callable[[str], bool]) -> Iterator[Word]:
    for part in _HARD.split(bare):
        if piece := _ENDS.sub("", part):
            if is_one(piece):
                yield Word(piece, piece)
            else:
                yield from (Word(word, word) for word in _WORD.findall(piece))
