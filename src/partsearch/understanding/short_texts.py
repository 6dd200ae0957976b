"""Texts so short that no index of names finds them: the planes know how many names have their pieces."""

import re
from collections.abc import Iterable, Mapping

_TRIGRAM = re.compile(r"[^\W_]{3}")
_LENGTH = 2
"""A piece is one or two letters of a word."""
_MOST_PIECES = 8
"""Of how many pieces of one text the parts are counted: each is in at least as many names as the text."""


def pieces_to_count(texts: Iterable[str]) -> list[str]:
    """Return the pieces, each once, whose counts ``known_counts`` needs."""
    return list(dict.fromkeys(piece for text in texts for piece in _pieces_of(text)))


def known_counts(texts: Iterable[str], pieces: Mapping[str, int]) -> dict[str, int]:
    """Return the counts that follow from those of the pieces: of a piece itself, and 0 where one of a text has none.

    Args:
        texts: normalised.
        pieces: how many shown parts have a name with each of ``pieces_to_count``.
    """
    known = {text: pieces[text] for text in texts if text in pieces}
    without = {text: 0 for text in texts if not all(pieces[piece] for piece in _pieces_of(text))}
    return known | without


def _pieces_of(text: str) -> list[str]:
    """Return pieces of a text without three letters in a row; none of another text, which an index finds."""
    if _TRIGRAM.search(text):
        return []
    found = [
        word[first : first + _LENGTH] for word in text.split(" ") for first in range(max(len(word) - _LENGTH, 0) + 1)
    ]
    return list(dict.fromkeys(filter(None, found)))[:_MOST_PIECES]
