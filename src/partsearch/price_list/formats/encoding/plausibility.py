"""Which single-byte encodings make sense of the words of a text."""

import math
import re
import unicodedata
from collections.abc import Collection, Iterable
from itertools import combinations

CYRILLIC = ("cp1251", "cp866", "koi8-r", "koi8-u", "mac-cyrillic", "iso8859-5")
LATIN = ("cp1252", "cp1250", "iso8859-2")

_LEAST_PLAUSIBLE = 0.7
_LEAST_POSSIBLE = 0.4
_AMBIGUOUS_WITHIN = 0.25
_OF_TWO_LANGUAGES = 0.72
_LIKELIER_BY = 0.35
_LETTERS_FOR_LIKELIHOOD = 12

_CYRILLIC_LETTERS = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў")
_FREQUENCIES = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (
            *(10.9, 8.4, 8.0, 7.3, 6.7, 6.3, 5.5, 4.7, 4.5, 4.4, 3.5, 3.2, 3.0, 2.8, 2.6, 2.0, 1.9),
            *(1.7, 1.7, 1.6, 1.6, 1.4, 1.2, 1.0, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.04, 0.04),
        ),
        strict=True,
    )
)
"""Percent of the letters of Russian texts."""

_RARE, _STRANGE = 0.03, 0.003
"""The same of letters of other alphabets, such as Ukrainian, and of symbols that are in no word."""

_LANGUAGES = tuple(
    frozenset(letters)
    for letters in (
        "áčďéěíňóřšťúůýž",
        "áäčďéíĺľňóôŕšťúýž",
        "ąćęłńóśźż",
        "áéíóöőúüű",
        "ăâîșțşţ",
        "čćđšž",
        "àâæçéèêëîïôœùûüÿ",
        "äöüß",
        "áéíñóúü",
        "áâãàçéêíóôõú",
        "àèéìíîòóù",
        "åäöé",
        "åæøéö",
        "äöõüšž",
    )
)
_OF_BRANDS = frozenset("ëéèüöäßçšáó")
"""Letters of Citroën, Škoda, Coupé and German, in lists of any language."""

_USUAL_SYMBOLS = frozenset("\u00a0\u00ad№«»–—“”„‚‘’°®™©…²³½¼×±€§•·µ")
_RUN = re.compile(r"[^\W\d_]+")
_STRANGE_NEIGHBOURS = re.compile(r"[^\W\d_][№„±€§•·µ½¼×]|[^\W\d_][²³°®™©«»“”][^\W\d_]|[²³°®™©»…][^\W\d_]")
"""Symbols beside letters where nobody writes them: a wrong encoding turns letters into such symbols."""


def plausible_encodings(words: list[bytes], high_bytes: Collection[int]) -> list[str]:
    """Return the encodings that may be meant, the likeliest first; encodings that give the same text count as one.

    Args:
        words: different words of the text with bytes beyond ASCII.
        high_bytes: all such bytes of the text.
    """
    raw = bytes(sorted(high_bytes))
    readings = {encoding: text for encoding in (*CYRILLIC, *LATIN) if (text := _decode(raw, encoding)) is not None}
    different = list({text: encoding for encoding, text in reversed(readings.items())}.values())[::-1]
    scores = {encoding: _score(words, encoding) for encoding in different}
    if max(scores.values(), default=0.0) < _LEAST_PLAUSIBLE:
        return []
    sensible = [encoding for encoding in different if scores[encoding] >= _LEAST_POSSIBLE]
    ranked = sorted(sensible, key=scores.__getitem__, reverse=True)
    likely = _without_unlikely(ranked, words)
    return [encoding for encoding in likely if not any(_is_better(other, encoding, words) for other in likely)]


def _is_better(encoding: str, other: str, words: list[bytes]) -> bool:
    """Return whether the words that differ in two encodings make much more sense in the first one."""
    differing = [word for word in words if word.decode(encoding, "replace") != word.decode(other, "replace")]
    return bool(differing) and _score(differing, encoding) - _score(differing, other) > _AMBIGUOUS_WITHIN


def _decode(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _score(words: list[bytes], encoding: str) -> float:
    """Return the share of words that make sense; for Latin encodings less if they are of several languages."""
    texts = [word.decode(encoding, "replace") for word in words]
    is_cyrillic = encoding in CYRILLIC
    weight = 1.0 if is_cyrillic else _language_weight(texts)
    if not texts or not weight:
        return 0.0
    return weight * sum(_plausibility(text, is_cyrillic=is_cyrillic) for text in texts) / len(texts)


def _plausibility(text: str, *, is_cyrillic: bool) -> float:
    runs = _RUN.findall(text)
    symbols = {character for character in _RUN.sub("", text) if not character.isascii()}
    if not symbols <= _USUAL_SYMBOLS or _STRANGE_NEIGHBOURS.search(text):
        return 0.0
    if not runs:
        return 1.0
    is_word = _is_cyrillic_word if is_cyrillic else _is_latin_word
    share = sum(map(is_word, runs)) / len(runs)
    return share / 2 if symbols else share


def _has_usual_case(word: str) -> bool:
    return word.islower() or word.isupper() or word.istitle()


def _is_cyrillic_word(word: str) -> bool:
    lower = word.lower()
    if word.isascii():
        return True
    return set(lower) <= _CYRILLIC_LETTERS and _has_usual_case(word) and lower[0] not in "ьъы"


def _is_latin_word(word: str) -> bool:
    accented = sum(not letter.isascii() for letter in word)
    is_latin = all(unicodedata.name(letter, "").startswith("LATIN") for letter in word)
    return is_latin and _has_usual_case(word) and accented * 2 <= len(word)


def _language_weight(texts: Iterable[str]) -> float:
    """Return 1 if one language has all letters, less if two have, else 0."""
    letters = {letter for text in texts for letter in text.lower() if letter.isalpha() and not letter.isascii()}
    letters -= _OF_BRANDS
    if any(letters <= language for language in _LANGUAGES):
        return 1.0
    return _OF_TWO_LANGUAGES if any(letters <= one | two for one, two in combinations(_LANGUAGES, 2)) else 0.0


def _without_unlikely(encodings: list[str], words: list[bytes]) -> list[str]:
    """Return the encodings less those whose letters are much rarer in Russian than the letters of another one."""
    likelihoods = {
        encoding: likelihood
        for encoding in encodings
        if encoding in CYRILLIC and (likelihood := _likelihood(words, encoding)) is not None
    }
    unlikely = {
        min(pair, key=likelihoods.__getitem__)
        for pair in combinations(likelihoods, 2)
        if abs(likelihoods[pair[0]] - likelihoods[pair[1]]) > _LIKELIER_BY
    }
    left = [encoding for encoding in encodings if encoding not in unlikely]
    return sorted(left, key=lambda encoding: likelihoods.get(encoding, -math.inf), reverse=True)


def _likelihood(words: list[bytes], encoding: str) -> float | None:
    """Return the mean logarithm of the frequencies of the letters, or None for too few. Strange symbols count too."""
    text = "".join(word.decode(encoding, "replace") for word in words).lower()
    logarithms = [
        math.log(_FREQUENCIES.get(letter, _RARE if letter.isalpha() else _STRANGE))
        for letter in text
        if not letter.isascii() and letter not in _USUAL_SYMBOLS
    ]
    return sum(logarithms) / len(logarithms) if len(logarithms) >= _LETTERS_FOR_LIKELIHOOD else None
