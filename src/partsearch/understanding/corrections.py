"""What a word that finds nothing may have been meant to be."""

from collections.abc import Iterator
from typing import NamedTuple

from partsearch.contract.filters.understood import CorrectionKind
from partsearch.understanding.dictionary import Dictionary
from partsearch.understanding.forms import known_forms
from partsearch.understanding.layout import other_layout
from partsearch.understanding.readings import word_reading
from partsearch.understanding.stems import is_known_word, lemmas, stem
from partsearch.understanding.tokens import Word
from partsearch.understanding.transliteration import skeletons
from partsearch.understanding.words.index import Near, WordIndex

_MOST_OF_A_STAGE = 4
_SHORTEST_TRANSLITERATED = 3
_SHORTEST_WITH_TYPO = 5
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")


class Candidate(NamedTuple):
    """What a word may be corrected to.

    Attributes:
        text: a word as people read it.
        kind: how it follows from the typed word.
        stage: candidates of an earlier stage are preferred, whatever is more frequent.
        is_close: it sounds like the typed word, or has the same letters in another order, or is its dictionary form.
        is_sure: it means a vehicle or a value of a part, so that it need not be in a name.
    """

    text: str
    kind: CorrectionKind
    stage: int
    is_close: bool
    is_sure: bool


def candidates(word: Word, dictionary: Dictionary, *, twice: bool, has_meaning: bool) -> list[Candidate]:
    """Return what the word may be corrected to, by a complete dictionary alone, the best first.

    Args:
        word: a word that may find nothing as typed.
        dictionary: the dictionary.
        twice: whether two typos are looked for.
        has_meaning: the word is a synonym or an abbreviation, so that only its forms come before that.
    """
    if not dictionary.is_complete:
        return []
    found: dict[str, Candidate] = {}
    for stage, (kind, texts) in enumerate(_stages(word, dictionary, twice=twice)):
        for text in texts[:_MOST_OF_A_STAGE]:
            sure = word_reading(text, dictionary, is_beside=False).is_sure
            if text != word.text and (sure or dictionary.words.has(text)):
                is_close = text in lemmas(word.text) if kind is CorrectionKind.FORM else _is_close(text, word.text)
                found.setdefault(text, Candidate(text, kind, stage, is_close, sure))
        if has_meaning:
            break
        if found and kind is not CorrectionKind.TYPO and any(dictionary.shares.get(each) for each in found):
            break
    return list(found.values())


def _stages(word: Word, dictionary: Dictionary, *, twice: bool) -> Iterator[tuple[CorrectionKind, list[str]]]:
    text = word.text
    forms = _forms(text, dictionary)
    is_usual = is_known_word(text) or any(map(dictionary.shares.get, forms))
    yield CorrectionKind.FORM, forms if is_usual else []
    switched = other_layout(word.raw) or other_layout(text)
    if switched is not None:
        yield CorrectionKind.LAYOUT, _as_typed(switched, dictionary)
    if not text.isalpha():
        return
    yield CorrectionKind.TRANSLITERATION, _transliterated(text, dictionary)
    if not is_known_word(text):
        for near in _by_typos(dictionary.words.near(text, twice=twice), dictionary.spelt.near(text, twice=False)):
            yield CorrectionKind.TYPO, _words_of(near, text, dictionary)
    if not _LATIN.issuperset(text):
        yield CorrectionKind.TRANSLITERATION, _in_other_letters(skeletons(text), dictionary.spelt, is_latin=False)
    yield CorrectionKind.FORM, forms
    if switched is not None and switched.isalpha() and not is_known_word(text):
        yield CorrectionKind.LAYOUT, _nearest(switched, dictionary)
    if _LATIN.issuperset(text):
        for each in skeletons(text)[:3]:
            yield CorrectionKind.TRANSLITERATION, _nearest(each, dictionary)


def _forms(text: str, dictionary: Dictionary) -> list[str]:
    """Return the forms of a word in names, its dictionary form first; none that is known to be another word."""
    own = lemmas(text)
    found = [form for form in known_forms(text, dictionary) if not own or not lemmas(form) or own & lemmas(form)]
    return sorted(found, key=lambda form: form not in own)


def _as_typed(text: str, dictionary: Dictionary) -> list[str]:
    """Return the text if it is a word or means something, and else other forms of it."""
    if dictionary.words.has(text) or dictionary.spelt.has(text):
        return [text]
    return known_forms(text, dictionary)


def _transliterated(text: str, dictionary: Dictionary) -> list[str]:
    """Return words in the letters of the other alphabet that sound like a word or are another form of it."""
    if len(text) < _SHORTEST_TRANSLITERATED:
        return []
    is_latin = _LATIN.issuperset(text)
    bare = skeletons(text)
    found = _frequent(_in_other_letters(bare, dictionary.words, is_latin=is_latin), dictionary)
    if is_latin:
        found += _in_other_letters(bare, dictionary.spelt, is_latin=is_latin)
    if not found and is_latin:
        stems = _in_other_letters([stem(each) for each in bare], dictionary.words, is_latin=True)
        found = [form for each in stems for form in known_forms(each, dictionary)[:1]]
    return list(dict.fromkeys(found))


def _in_other_letters(bare: "tuple[str, ...] | list[str]", index: WordIndex, *, is_latin: bool) -> list[str]:
    return [word for word in index.with_skeletons(bare) if _LATIN.isdisjoint(word) == is_latin]


def _nearest(text: str, dictionary: Dictionary) -> list[str]:
    """Return the words that differ from a text by one typo."""
    if len(text) < _SHORTEST_WITH_TYPO:
        return []
    return _words_of(dictionary.words.near(text, twice=False), text, dictionary)


def _by_typos(of_names: list[Near], spelt: list[Near]) -> Iterator[list[Near]]:
    """Yield those with one typo, and then those with two."""
    for typos in (1, 2):
        yield [near for near in (*of_names, *spelt) if near.typos == typos]


def _words_of(near: list[Near], typed: str, dictionary: Dictionary) -> list[str]:
    """Return the words: of a stem the form that ends like the typed word, or the most frequent one."""
    whole: list[str] = []
    of_stems: list[str] = []
    for each in near:
        if not each.is_stem and (dictionary.words.has(each.text) or dictionary.spelt.has(each.text)):
            whole.append(each.text)
            continue
        forms = dictionary.words.with_stem(each.text)
        if forms:
            of_stems.append(max(forms, key=lambda form: (_same_end(form, typed), dictionary.shares.get(form, 0))))
    whole.sort(key=lambda word: (not _is_close(word, typed), -dictionary.shares.get(word, 0)))
    if any(map(dictionary.shares.get, whole)):
        return list(dict.fromkeys(whole))
    return list(dict.fromkeys((*whole[:2], *_frequent(of_stems, dictionary), *whole[2:])))


def _is_close(text: str, typed: str) -> bool:
    if sorted(text) == sorted(typed):
        return True
    return skeletons(text) == skeletons(typed)


def _frequent(words: list[str], dictionary: Dictionary) -> list[str]:
    return sorted(dict.fromkeys(words), key=lambda word: -dictionary.shares.get(word, 0))


def _same_end(form: str, typed: str) -> int:
    length = 0
    while length < min(len(form), len(typed), 3) and form[-length - 1] == typed[-length - 1]:
        length += 1
    return length
