"""Folds text so that the spellings of one name become equal, and splits it into words.

Folded text has one case, no diacritics, е for ё, and one letter for each pair of look-alikes: Cyrillic ``В`` and Latin
``B``.
"""

import re
from dataclasses import dataclass
from unicodedata import combining
from unicodedata import normalize as _in_form

from partsearch.contract.text.normalized import normalize

CYRILLIC_LOOK_ALIKES = "авекмнорстухіјѕ"
LATIN_LOOK_ALIKES = "abekmhopctyxijs"

_LOOK_ALIKES = str.maketrans(CYRILLIC_LOOK_ALIKES + "ё", LATIN_LOOK_ALIKES + "e")
_WORD = re.compile(r"[^\W\d_]{3,}+(?=[0-9]{1,5}(?![^\W_]))|[^\W_]+")
"""A run of letters and digits; in ``КАМАЗ5320`` the letters and the number are two words."""

_MOST_REMEMBERED = 100_000
_ONE_TO_ONE = re.compile("[ -~А-яЁё№«»–—°®]*").fullmatch


class _FoldedWords(dict[str, str]):
    """Words in lower case and the same folded, remembered: the words of a list repeat, and folding is slow."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        folded = self[word] = word.translate(_LOOK_ALIKES)
        return folded


_folded_word = _FoldedWords().__getitem__


@dataclass(frozen=True, slots=True)
class Words:
    """The folded words of a text.

    Attributes:
        text: the text as given.
        lower: the text in lower case.
        words: the words, folded.
        places: the place in ``text`` of each character of ``lower``; ``None`` where the two are alike.
    """

    text: str
    lower: str
    words: list[str]
    places: list[tuple[int, int]] | None = None

    def spans(self) -> list[tuple[int, int]]:
        """Return where each word begins and ends in ``lower``."""
        return [match.span() for match in _WORD.finditer(self.lower)]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a piece of ``lower`` is in ``text``."""
        return (start, end) if self.places is None else (self.places[start][0], self.places[end - 1][1])


def fold(text: str) -> str:
    """Return the text folded, with its separators."""
    return _without_marks(normalize(text)).translate(_LOOK_ALIKES)


def join(text: str) -> str:
    """Return the folded words of the text as one: ``Mercedes-Benz`` and ``mercedes benz`` become equal."""
    return "".join(words_of(fold(text)))


def join_exact(text: str) -> str:
    """Return the same as ``join``, except that look-alike letters stay what they are."""
    return "".join(exact_words(text))


def exact_words(text: str) -> list[str]:
    """Return the words of the text, whose look-alike letters stay what they are: ``fold_word`` folds them."""
    return words_of(_without_marks(normalize(text)))


def fold_word(word: str) -> str:
    """Return a word of ``exact_words`` folded. A letter stays a letter, so that folding moves no end of a word."""
    return word.translate(_LOOK_ALIKES)


def words_of(folded: str) -> list[str]:
    """Return the words of a folded text."""
    return _WORD.findall(folded)


def split_words(text: str) -> Words:
    """Return the folded words of the text."""
    lower, places = (text.lower(), None) if _ONE_TO_ONE(text) else _fold_unusual(text)
    return Words(text, lower, list(map(_folded_word, _WORD.findall(lower))), places)


def _fold_unusual(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Fold a text whose characters do not fold one to one: each with the marks that follow it."""
    folded: list[str] = []
    places: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and combining(text[end]):
            continue
        piece = " " if text[start:end].isspace() else fold(text[start:end])
        folded.append(piece)
        places.extend([(start, end)] * len(piece))
        start = end
    return "".join(folded), places


def _without_marks(text: str) -> str:
    """Return the text without diacritics: š as s. The й of Russian stays: it is a letter of its own."""
    if text.isascii() or _ONE_TO_ONE(text):
        return text
    pieces = (letter if letter in "йї" else _in_form("NFD", letter)[0] for letter in _in_form("NFC", text))
    return "".join(pieces)
