"""Finds which characters of a part's name the words of ``q`` have found."""

import unicodedata
from collections.abc import Iterable, Iterator

from partsearch.contract.text.normalized import WHITE_SPACE, normalize, normalize_piece


def name_ranges(name: str, texts: Iterable[str]) -> list[list[int]]:
    """Return the ranges ``[start, end)`` of characters of ``name`` that stand for one of the texts.

    Args:
        name: as written.
        texts: normalised; each is looked for wherever it occurs, also inside a word.

    Returns:
        Sorted ranges that neither overlap nor touch.
    """
    places = list(_occurrences(normalize(name), texts))
    if not places:
        return []
    starts, ends = _positions(name)
    return _merged(sorted((starts[first], ends[last - 1]) for first, last in places))


def _occurrences(normalized: str, texts: Iterable[str]) -> Iterator[tuple[int, int]]:
    for text in filter(None, texts):
        first = normalized.find(text)
        while first >= 0:
            yield first, first + len(text)
            first = normalized.find(text, first + 1)


def _positions(name: str) -> tuple[list[int], list[int]]:
    """Return for each character of the normalised name where what it stands for starts and ends in the name."""
    starts: list[int] = []
    ends: list[int] = []
    follows_space = True
    for start, end, piece in _pieces(name):
        for character in piece:
            is_space = character in WHITE_SPACE
            if not (is_space and follows_space):
                starts.append(start)
                ends.append(end)
            elif starts:
                ends[-1] = end
            follows_space = is_space
    return starts, ends


def _pieces(name: str) -> Iterator[tuple[int, int, str]]:
    """Yield the pieces of ``name`` that are normalised each by itself: start, end and the normalised text.

    A letter and the accents behind it are one piece, as are the parts of a Korean syllable. An invisible character
    belongs to the piece before it, but is not within its ends.
    """
    start = end = 0
    piece = ""
    for position, character in enumerate(name):
        own = normalize_piece(character)
        if not own:
            continue
        joined = normalize_piece(name[start : position + 1])
        if piece and (unicodedata.combining(character) or joined != piece + own):
            piece, end = joined, position + 1
            continue
        if piece:
            yield start, end, piece
        start, end, piece = position, position + 1, own
    if piece:
        yield start, end, piece


def _merged(ranges: Iterable[tuple[int, int]]) -> list[list[int]]:
    merged: list[list[int]] = []
    for start, end in ranges:
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged
