"""Words in the letters of the other alphabet: ``bamper`` is ``бампер``, ``брембо`` is ``brembo``.

People transliterate without a scheme, so both sides become a skeleton, which all schemes share: Cyrillic letters,
double ones once, without ь and ъ, one letter for е and э, and one for и, й and ы.
"""

import re
from functools import lru_cache
from itertools import product

_SIMPLE = str.maketrans(
    {
        "э": "е",
        "ы": "и",
        "й": "и",
        "ъ": None,
        "ь": None,
        "щ": "ш",
        "ю": "иу",
        "я": "иа",
        "і": "и",
        "ї": "и",
        "є": "е",
        "ґ": "г",
    }
)
_LATIN = re.compile(r"[a-z]+")
_PIECES = re.compile(r"shch|sch|sh|ch|zh|kh|ph|ts|tc(?!h)|ck|[a-z]")
_LETTERS: dict[str, tuple[str, ...]] = {
    "shch": ("ш",), "sch": ("ш",), "sh": ("ш",), "ch": ("ч",), "zh": ("ж",), "kh": ("х",), "ph": ("ф",), "ts": ("ц",),
    "tc": ("ц",), "ck": ("к",), "a": ("а",), "b": ("б",), "c": ("к", "ц", "с"), "d": ("д",), "e": ("е",), "f": ("ф",),
    "g": ("г",), "h": ("х",), "i": ("и",), "j": ("и", "ж"), "k": ("к",), "l": ("л",), "m": ("м",), "n": ("н",),
    "o": ("о",), "p": ("п",), "q": ("к",), "r": ("р",), "s": ("с",), "t": ("т",), "u": ("у",), "v": ("в",), "w": ("в",),
    "x": ("кс", "х"), "y": ("и",), "z": ("з",),
}  # fmt: skip
_DOUBLE = re.compile(r"(.)\1+")
_MOST_SKELETONS = 24


@lru_cache(maxsize=10_000)
def skeletons(word: str) -> tuple[str, ...]:
    """Return the skeletons that a word may have; a word in Cyrillic letters has one, and a mixed one none."""
    if _LATIN.fullmatch(word):
        readings = [_LETTERS[piece] for piece in _PIECES.findall(word)]
        found: dict[str, None] = {}
        for number, letters in enumerate(product(*readings)):
            if number == _MOST_SKELETONS:
                break
            found[_plain("".join(letters))] = None
        return tuple(found)
    return (_plain(word),) if word.isalpha() and not _LATIN.search(word) else ()


def skeleton(word: str) -> str:
    """Return the most likely skeleton of a word; empty for a word of both alphabets."""
    return next(iter(skeletons(word)), "")


def _plain(word: str) -> str:
    return _DOUBLE.sub(r"\1", word.translate(_SIMPLE).replace("тс", "ц"))
