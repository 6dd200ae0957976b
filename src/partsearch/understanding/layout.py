"""Text that was typed in the other keyboard layout: ``,fvgth`` is ``бампер``, and ``рщтвф`` is ``honda``."""

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюе"
"""The keys of the Russian layout; ё is е in a normalised text."""

_LATIN_SHIFTED = '{}:"<>~'
_CYRILLIC_SHIFTED = "хъжэбюе"
_TO_CYRILLIC = str.maketrans(_LATIN + _LATIN_SHIFTED, _CYRILLIC + _CYRILLIC_SHIFTED)
_TO_LATIN = str.maketrans(_CYRILLIC[:-1], _LATIN[:-1]) | str.maketrans("іїє", "s]'")
_SHORTEST = 3


def other_layout(word: str) -> str | None:
    """Return a word as the same keys give it in the other layout; ``None`` for a word that is short or has digits.

    Args:
        word: a word between blanks, normalised, with its punctuation: ``[jylf``.
    """
    if len(word) < _SHORTEST or any(map(str.isdigit, word)):
        return None
    if any("a" <= letter <= "z" for letter in word):
        switched = word.translate(_TO_CYRILLIC)
        return switched if all("а" <= letter <= "я" or letter == "-" for letter in switched) else None
    if any("а" <= letter <= "я" for letter in word):
        switched = word.translate(_TO_LATIN)
        return switched if all("a" <= letter <= "z" or letter == "-" for letter in switched) else None
    return None
