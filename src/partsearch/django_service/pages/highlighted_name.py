"""The name of a part in pieces: those that the words of ``q`` have found, and the text between them."""

from collections.abc import Iterable
from typing import NamedTuple

from partsearch.contract.answer.highlight import name_ranges


class NamePiece(NamedTuple):
    """A piece of a name."""

    text: str
    is_found: bool


def name_pieces(name: str, texts: Iterable[str]) -> list[NamePiece]:
    """Return the pieces, which joined are the name.

    Args:
        name: as written.
        texts: what is highlighted, normalised.
    """
    pieces: list[NamePiece] = []
    last = 0
    for start, end in name_ranges(name, texts):
        pieces += [NamePiece(name[last:start], is_found=False), NamePiece(name[start:end], is_found=True)]
        last = end
    return [piece for piece in (*pieces, NamePiece(name[last:], is_found=False)) if piece.text]
