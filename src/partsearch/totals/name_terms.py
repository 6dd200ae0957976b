"""The keys of the planes that a text in a part's name needs."""

import re
from dataclasses import dataclass

from partsearch.contract.text.like import escape_like

_DIGIT = re.compile("[0-9]")
_ESCAPED = re.compile(r"\\(.)")
LONGEST_PIECE = 2
"""A text of so many letters without a space is a key of its own, a piece; longer ones are looked for in the words."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part meets ``condition`` if it has a key of this attribute whose value matches the LIKE pattern."""

    condition: str
    attribute: str
    pattern: str

    @property
    def text(self) -> str:
        """The text that the pattern stands for."""
        return _ESCAPED.sub(r"\1", self.pattern.strip("%"))


def name_terms(text: str, condition: str = "part_name") -> list[Term] | None:
    """Return the terms whose conditions hold together exactly for the names that contain ``text``.

    A text without a space lies within a word. One with spaces ends in a first word, has whole words, and begins a last
    one: its pairs of neighbours are keys, but for words with digits.

    Args:
        text: normalised.
        condition: the name of the condition; those of a text with spaces have numbers behind it.

    Returns:
        The terms, or None if the planes cannot tell.
    """
    words = text.split(" ")
    if len(words) == 1:
        return [Term(condition, "word", f"%{escape_like(text)}%")]
    if _DIGIT.search(text):
        return None
    patterns = [escape_like(word) for word in words]
    patterns[0], patterns[-1] = f"%{patterns[0]}", f"{patterns[-1]}%"
    return [
        term
        for number in range(len(words) - 1)
        for term in (
            Term(f"{condition} {number}", "pair", f"{patterns[number]} {patterns[number + 1]}"),
            Term(f"{condition} {number}", "phrase", f"%{escape_like(text)}%"),
        )
    ]
