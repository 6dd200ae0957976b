"""A typed text on the way to its meaning: its words, their readings, and what the database decides on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from partsearch.contract.filters.understood import Alternatives, Correction, CorrectionKind, Understood
from partsearch.contract.text.normalized import normalize
from partsearch.understanding.corrections import Candidate, candidates
from partsearch.understanding.dictionary import Dictionary
from partsearch.understanding.forms import without_longer
from partsearch.understanding.numbers import part_number
from partsearch.understanding.readings import Reading, readings
from partsearch.understanding.tokens import Word, signs_alone, split

COUNTED = 50
"""A text is counted up to so many parts: enough to know which of two words is the more frequent one."""

MOST_GROUPS = 12
MOST_TEXTS_TO_CHECK = 40
_MOST_WORDS_WITH_TWO_TYPOS = 1
_MOST_PHRASES_TO_CHECK = 5


@dataclass(frozen=True, slots=True)
class _TypedWord:
    """A word with what it may be corrected to.

    Attributes:
        word: the word.
        reading: what it means.
        candidates: what it may be corrected to if it finds nothing.
        is_found: whether the dictionary says that it finds something.
    """

    word: Word
    reading: Reading
    candidates: tuple[Candidate, ...] = ()
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A word that is searched, and the correction that it comes from."""

    word: Word
    correction: Correction | None = None
    is_split: bool = False


def _meaning(typed: _TypedWord, kind: CorrectionKind, counts: Mapping[str, int]) -> _Chosen:
    """Return the word with the best of its meanings: two words that no name has together are searched one by one."""
    phrases = [text for text in typed.reading.texts if " " in text]
    best = max(phrases, key=lambda text: counts.get(text, 0), default="")
    corrected = typed.reading.meaning
    if " " in corrected and not counts.get(corrected):
        single = [text for text in typed.reading.texts if " " not in text]
        if counts.get(best) or single:
            corrected = best if counts.get(best) else single[0]
        else:
            return _Chosen(Word(corrected, corrected), Correction(typed.word.raw, corrected, kind), is_split=True)
    return _Chosen(typed.word, Correction(typed.word.raw, corrected, kind))


@dataclass(frozen=True, slots=True)
class TypedQuery:
    """A typed text, understood but for what only the database knows.

    Attributes:
        texts_to_check: normalised texts, each once, at most 40, without those that are known to be frequent.
    """

    texts_to_check: tuple[str, ...] = ()
    _frequent: Mapping[str, int] = field(default_factory=dict)
    _text: str = ""
    _words: tuple[_TypedWord, ...] = ()
    _dictionary: Dictionary = field(default_factory=Dictionary)

    def resolve(self, counts: Mapping[str, int]) -> Understood:
        """Return the meaning of the text.

        Args:
            counts: how many shown parts have a name that contains each of ``texts_to_check``; absent means none.
        """
        counts = {**self._frequent, **counts}
        if not self._words and counts.get(self._text):
            return _signs(self._text)
        chosen: list[_Chosen] = []
        unused: list[str] = []
        skipped: list[Word] = []
        for typed in self._words:
            if not typed.word.has_meaning and not typed.reading.is_sure:
                skipped.append(typed.word)
                unused.append(typed.word.raw)
            elif len(chosen) == MOST_GROUPS:
                unused.append(typed.word.raw)
            elif (found := self._choice(typed, counts)) is not None:
                chosen.append(found)
            else:
                unused.append(typed.word.raw)
        if not chosen:
            chosen = [
                _Chosen(word) for word in skipped if counts.get(word.text) or self._dictionary.shares.get(word.text)
            ]
            chosen = chosen[:MOST_GROUPS]
            for each in chosen:
                unused.remove(each.word.raw)
        return self._understood(chosen, (*unused, *signs_alone(self._text)), counts)

    def _choice(self, typed: _TypedWord, counts: Mapping[str, int]) -> _Chosen | None:
        """Return what is searched for a typed word; ``None`` if nothing can be found."""
        if typed.reading.is_sure or typed.is_found or counts.get(typed.word.text):
            return _Chosen(typed.word)
        shares = self._dictionary.shares
        found = [each for each in typed.candidates if each.is_sure or shares.get(each.text) or counts.get(each.text)]
        if typed.reading.kind and not any(each.kind is CorrectionKind.FORM for each in found):
            return _meaning(typed, typed.reading.kind, counts)
        if not found:
            return None
        best = min(
            found,
            key=lambda each: (
                each.stage,
                not each.is_close,
                -shares.get(each.text, 0.0),
                -counts.get(each.text, 0),
                not each.is_sure,
            ),
        )
        return _Chosen(Word(best.text, best.text), Correction(typed.word.raw, best.text, best.kind))

    def _understood(self, chosen: Sequence[_Chosen], unused: tuple[str, ...], counts: Mapping[str, int]) -> Understood:
        chosen = list(_split(chosen))[:MOST_GROUPS]
        words = [each.word for each in chosen]
        meanings = readings(words, self._dictionary)
        groups = tuple(_alternatives(word, reading) for word, reading in zip(words, meanings, strict=True))
        in_names = _name_words(chosen, meanings)
        starts = [_in_all_forms(word, groups) for word in in_names]
        return Understood(
            q=" ".join(_without_repeats(chosen)),
            groups=groups,
            phrase=self._phrase(in_names, counts),
            words=tuple(dict.fromkeys(starts)),
            highlights=without_longer(text for group in groups for text in group.texts),
            mark_list=tuple(dict.fromkeys(chain.from_iterable(reading.marks for reading in meanings))),
            model_list=tuple(dict.fromkeys(chain.from_iterable(map(_named_models, meanings)))),
            number=max((number for reading in meanings for number in reading.numbers), key=len, default=None),
            params=dict(param for reading in meanings for param in reading.meant),
            corrections=tuple(_corrections(chosen)),
            unused=unused,
        )

    def _phrase(self, in_names: Sequence[str], counts: Mapping[str, int]) -> str:
        """Return what the best parts contain: what was typed if a name contains it, else the words of names."""
        joined = " ".join(in_names)
        return self._text if counts.get(self._text) and joined not in self._text else joined


def _signs(text: str) -> Understood:
    """Return the meaning of a text without letters and digits: a name contains it as it is."""
    pieces = tuple(dict.fromkeys(text.split(" ")[:MOST_GROUPS]))
    return Understood(text, tuple(Alternatives((piece,)) for piece in pieces), text, pieces, pieces)


def start(text: str, dictionary: Dictionary) -> TypedQuery:
    """Return a typed text with what the dictionary knows of it."""
    normal = normalize(text)
    words = list(split(normal, lambda piece: _is_one(piece, dictionary)))
    typed: list[_TypedWord] = []
    twice = _MOST_WORDS_WITH_TWO_TYPOS
    for word, reading in zip(words[: MOST_GROUPS * 2], readings(words[: MOST_GROUPS * 2], dictionary), strict=True):
        is_found = bool(dictionary.shares.get(word.text))
        found: list[Candidate] = []
        if word.has_meaning and not is_found and not reading.is_sure:
            found = candidates(word, dictionary, twice=twice > 0, has_meaning=reading.kind is not None)
            twice -= not found or found[-1].kind is CorrectionKind.TYPO
        typed.append(_TypedWord(word, reading, tuple(found), is_found))
    rest = tuple(_TypedWord(word, Reading()) for word in words[MOST_GROUPS * 2 :])
    if not words:
        return TypedQuery((normal,) if normal else (), {}, normal, (), dictionary)
    query = TypedQuery((), {}, normal, (*typed, *rest), dictionary)
    texts = _to_check(query._words, normal, dictionary)
    frequent = {text: COUNTED for text in texts if dictionary.shares.get(text)}
    return replace(query, texts_to_check=tuple(text for text in texts if text not in frequent), _frequent=frequent)


def _to_check(words: Sequence[_TypedWord], text: str, dictionary: Dictionary) -> list[str]:
    """Return the texts of which only the database knows whether names contain them: the typed words first."""
    open_words = [each for each in words if not each.is_found and not each.reading.is_sure]
    found = dict.fromkeys(each.word.text for each in open_words)
    if (len(words) > 1 and any(not each.word.has_meaning or each.reading.is_sure for each in words)) or " ".join(
        each.word.text for each in words
    ) != text:
        found[text] = None
    for each in open_words:
        if each.reading.kind:
            found |= dict.fromkeys([text for text in each.reading.texts if " " in text][:_MOST_PHRASES_TO_CHECK])
    most = max((len(each.candidates) for each in open_words), default=0)
    for rank in range(most):
        for each in open_words:
            if rank < len(each.candidates):
                candidate = each.candidates[rank]
                if not candidate.is_sure and not dictionary.shares.get(candidate.text):
                    found[candidate.text] = None
    return list(found)[:MOST_TEXTS_TO_CHECK]


def _is_one(text: str, dictionary: Dictionary) -> bool:
    return (
        dictionary.synonym_index.find(text) is not None
        or bool(dictionary.vehicles.find(text))
        or part_number(text) is not None
        or dictionary.words.has(text)
        or dictionary.spelt.has(text)
        or (text.isalpha() and bool(dictionary.words.with_stem(text)))
    )


def _alternatives(word: Word, reading: Reading) -> Alternatives:
    return Alternatives(
        without_longer((word.text, *reading.texts)), reading.marks, reading.models, reading.params, reading.numbers
    )


def _name_words(chosen: Sequence[_Chosen], meanings: Sequence[Reading]) -> list[str]:
    """Return the words that the names of the best parts contain: those that mean no vehicle, number or year."""
    named = [
        each
        for each, reading in zip(chosen, meanings, strict=True)
        if not (reading.is_vehicle or reading.numbers or any(key == "year" for key, _ in reading.meant))
    ]
    return _without_repeats(named)


def _split(chosen: Sequence[_Chosen]) -> Iterator[_Chosen]:
    for each in chosen:
        if each.is_split and each.correction:
            for text in each.word.text.split():
                yield _Chosen(Word(text, text), each.correction)
        else:
            yield each


def _without_repeats(chosen: Sequence[_Chosen]) -> list[str]:
    """Return the words as people read them; what several words mean together once."""
    found: list[str] = []
    for each in chosen:
        text = _as_read(each)
        if not (each.correction and found and found[-1] == text):
            found.append(text)
    return found


def _corrections(chosen: Sequence[_Chosen]) -> list[Correction]:
    """Return the corrections in order; that of several words together as one."""
    found: list[Correction] = []
    last: Correction | None = None
    for each in chosen:
        # The words of a meaning that is searched one by one have the same correction.
        new, last = (None if each.correction is last else each.correction), each.correction
        if new is None:
            continue
        if found and (found[-1].corrected, found[-1].kind) == (new.corrected, new.kind) and " " in new.corrected:
            new = Correction(f"{found.pop().typed} {new.typed}", new.corrected, new.kind)
        found.append(new)
    return found


def _in_all_forms(word: str, groups: Sequence[Alternatives]) -> str:
    """Return the start that all forms of a word have in common, if there is one in a group; else the word."""
    return next((text for group in groups for text in group.texts if len(text) > 3 and word.startswith(text)), word)


def _named_models(reading: Reading) -> tuple[int, ...]:
    """Return the models of a word; none for a year, which few models have as their name."""
    return () if any(key == "year" for key, _ in reading.meant) else reading.models


def _as_read(chosen: _Chosen) -> str:
    return chosen.correction.corrected if chosen.correction else chosen.word.text
