"""The texts that stand for all forms of a word in the names of a catalog."""

from collections.abc import Iterable

from partsearch.understanding.dictionary import Dictionary
from partsearch.understanding.stems import lemmas, stem

_SHORTEST_START = 4
"""A common start of the forms stands for them from this length on."""

_MOST_OTHERS = 60
_MOST_STARTING = 200
_MOST_FORMS = 8
_SHORTEST_FORM = 4
"""Shorter forms would be found inside other words: ``фар`` in ``фартук``."""


def known_forms(word: str, dictionary: Dictionary) -> list[str]:
    """Return the words of names with the stem of ``word``, the most frequent first."""
    if not word.isalpha():
        return []
    stems = {stem(each) for each in (word, *lemmas(word))}
    found = {form for stemmed in stems for form in dictionary.words.with_stem(stemmed)}
    return sorted(found, key=lambda form: (-dictionary.shares.get(form, 0), len(form), form))


def texts_of_forms(word: str, dictionary: Dictionary) -> tuple[str, ...]:
    """Return texts of which a name contains one if it contains a form of ``word``.

    It is their common start if few other words start so.
    """
    forms = known_forms(word, dictionary)
    if not forms:
        return ()
    start = _common_start([*forms, word])
    if len(start) >= _SHORTEST_START and _is_start_of(start, set(forms), dictionary):
        return (start,)
    long = [form for form in forms if len(form) >= _SHORTEST_FORM or _is_own_start(form, forms, dictionary)]
    long = long[:_MOST_FORMS]
    return without_longer(long)


def without_longer(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts but for those that contain another one: a name that contains them contains that one too."""
    once = tuple(dict.fromkeys(texts))
    return tuple(text for text in once if not any(other in text for other in once if other != text))


def is_in_names(text: str, dictionary: Dictionary) -> bool:
    """Return whether words of names begin with each word of the text, as far as they are known."""
    return not dictionary.is_complete or all(dictionary.words.starting_with(word, 1) for word in text.split())


def _common_start(words: list[str]) -> str:
    first, last = min(words), max(words)
    length = next((place for place, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), None)
    return first if length is None else first[:length]


def _is_own_start(form: str, forms: list[str], dictionary: Dictionary) -> bool:
    """Return whether a short form begins few words but the other forms: ``фар`` does, ``ось`` need not."""
    if len(form) < _SHORTEST_START - 1:
        return False
    words = dictionary.words.starting_with(form, _MOST_STARTING)
    others = sum(dictionary.shares.get(word, 0) for word in words if word not in forms)
    own = sum(dictionary.shares.get(word, 0) for word in forms)
    return len(words) < _MOST_STARTING and others <= own / 3


def _is_start_of(start: str, forms: set[str], dictionary: Dictionary) -> bool:
    """Return whether nearly all words that start so are these forms."""
    words = dictionary.words.starting_with(start, _MOST_OTHERS)
    others = [word for word in words if word not in forms and word.isalpha()]
    if len(words) >= _MOST_OTHERS:
        return False
    frequent = sum(dictionary.shares.get(word, 0) for word in others)
    own = sum(dictionary.shares.get(word, 0) for word in forms)
    return frequent <= own / 5 and len(others) <= max(2, len(forms))
