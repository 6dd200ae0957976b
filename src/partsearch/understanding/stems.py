"""What the forms of a word have in common: Snowball's stem, and rules for fleeting vowels and for words of places."""

import re
from functools import cache, lru_cache
from threading import local
from typing import Any

import Stemmer

_FLEETING = re.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])ь?[ое](?=[кцнл]$)")
"""``крышек`` and ``ремень``, whose other forms are ``крышк-`` and ``ремн-``."""

_FLEETING_AFTER_VOWEL = re.compile(r"(?<=[аоуэе])е(?=к$)")
_SOFT = re.compile(r"[ьй](?=[кцн]$)")
"""``гаек`` and ``гайк-``, ``скамеек`` and ``скамейк-``."""

_LATIN = re.compile(r"[a-z]+")
_SHORTEST_FLEETING = 4
_PLACES = {"перед": "передн", "зад": "задн", "верх": "верхн", "низ": "нижн", "нижн": "нижн"}
"""Nouns whose adjectives mean the same: ``перед`` and ``передний``."""

_of_thread = local()


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of a normalised word: equal for ``колодки``, ``колодок`` and ``колодкой``."""
    return stem_words([word])[0]


def stem_words(words: list[str]) -> list[str]:
    """Return the stems of the words."""
    if not hasattr(_of_thread, "russian"):
        _of_thread.russian, _of_thread.english = Stemmer.Stemmer("russian", 0), Stemmer.Stemmer("english", 0)
    stems: list[str] = _of_thread.russian.stemWords(list(map(_without_reflexive, words)))
    return [
        _plain(_of_thread.english.stemWord(word) if _LATIN.fullmatch(word) else _with_last_l(word, each))
        for word, each in zip(words, stems, strict=True)
    ]


def _without_reflexive(word: str) -> str:
    """Return a word whose end Snowball does not take for that of a reflexive verb: ``оси`` for ``ось``."""
    return f"{word[:-1]}и" if word.endswith("сь") else word


def _with_last_l(word: str, stemmed: str) -> str:
    """Return a stem with the л that Snowball takes for the end of a verb: of ``зеркала``, ``педали``, ``сигнала``."""
    return stemmed + "л" if word.startswith(stemmed + "л") else stemmed


def _plain(stemmed: str) -> str:
    if len(stemmed) < _SHORTEST_FLEETING:
        return _PLACES.get(stemmed, stemmed)
    plain = _SOFT.sub("", _FLEETING_AFTER_VOWEL.sub("", _FLEETING.sub("", stemmed)))
    return _PLACES.get(plain, plain)


@cache
def _analyzer() -> Any:
    import pymorphy3  # 23 MB, which only a process that understands searches needs

    return pymorphy3.MorphAnalyzer()


def load_language() -> None:
    """Load the words of the Russian language, which takes a tenth of a second: no search has to wait for it."""
    _analyzer()


@lru_cache(maxsize=20_000)
def lemmas(word: str) -> frozenset[str]:
    """Return the dictionary forms of a word that the Russian language knows: of ``гранаты`` граната and гранат."""
    if not is_known_word(word):
        return frozenset()
    return frozenset(parsed.normal_form.replace("ё", "е") for parsed in _analyzer().parse(word))


def is_known_word(word: str) -> bool:
    """Return whether a word is one of the Russian language. Such a word is no typo."""
    return bool(_analyzer().word_is_known(word))
