"""Finds vehicles in the name of a part: longest alias first, whole words only.

A mark opens a list of its models: in ``ВАЗ 2108-09, 2113`` the numbers count because of the mark. A word that is no
model and no separator closes the list.
"""

import re
from typing import NamedTuple

from partsearch.contract.text.folding import Words, fold, split_words, words_of
from partsearch.price_list.vehicles.aliases import Alias, AliasIndex

_RANGE_MARK = "ВАЗ"
"""The mark whose ranges are also written without it: ``2101-07``."""
_NEVER_SHORTENED = frozenset(("2120", "2129"))
"""Rare models: in ``2107-20`` the last digits are a version, and no model 2120."""
_NO_CAR_BEFORE = re.compile(
    r"(?:подш|свеч|ламп|ремн|ремен|размер|диаметр)[^\W\d_]*|арт|артикул|код|кат|каталог|no|n|oem|оем|ral|[0-9]+|[a-z]+"
).fullmatch
"""A word after which a number is one of another kind: of a bearing, a belt, a part, a maker's catalog."""
_BETWEEN_WORDS = re.compile(r"[ \-‐‑–—'’`.&+_]{0,3}").fullmatch
_SLASH = re.compile(r"/ ?").fullmatch
"""Joins a word of one letter to the next, as in ``М/Бенц``, and a mark to the next in a list of them."""
_BETWEEN_MODELS = re.compile(r"""[\s,;/\\\-‐‑–—'’"«»“”().&+|#]{0,6}""").fullmatch
_BESIDE = re.compile(r"""[ \-‐‑–—"«/#]{0,3}""").fullmatch
_IN_RANGE = re.compile(r" ?[-–—/] ?").fullmatch
_IN_LIST = re.compile(r"\s?[,/\-–—]\s?[-–—]?").fullmatch
_JOINS_PART_NUMBER = frozenset("-./*xх+")
_PART_NUMBER_AFTER = re.compile(r"[-.][0-9a-zа-я]*[0-9][0-9a-zа-я]{2}|[*xх×][0-9]|[.,][0-9](?![0-9])|\.[0-9]|/[0-9]{4}")
_UNITS = "мм mm см мл кг гр шт штук штуки ач ah тн лет нм квт kw зуб отв пр дюйм конт контактный"
_GLUED_UNITS = "м л l г в вт v w а a т х x %"
"""Units that are words too, such as ``в``: they count only right behind the number."""
_MEASURE_AFTER = re.compile(
    rf"""\s?(?:{"|".join(_UNITS.split())})(?![^\W_])|(?:{"|".join(_GLUED_UNITS.split())})(?![^\W_])"""
    r"""|["”]|-?[хx](?![^\W_])|\s?[*хx×] ?[0-9]"""
)
_YEAR_AFTER = re.compile(r"\s?(?:г|год|гв)(?![^\W_])")
_YEAR = re.compile(r"(?:19[5-9]|20[0-3])[0-9]").fullmatch
_YEARS = re.compile(r"(?:19|20)?[0-9]{2}(?:г|гв|г\.в)?").fullmatch
_ENGINES = frozenset(map(fold, ("дв", "двиг", "двигатель", "двигателя", "двс", "умз", "змз", "ямз")))
_QUOTES = "\"«“„'"
_SHORT = 2
_LONGEST_MEASURE = 3
_LONGEST_NUMBER = 6
_PASSED = frozenset(
    fold(word) for word in ("и", "i", "ii", "iii", "iv", "v", "vi", "а", "м", "new", "до", "а/м", "евро", "euro")
)


class Match(NamedTuple):
    """A vehicle in the name of a part.

    Attributes:
        mark: the canonical name of the mark.
        model: the canonical name of the model, or ``None`` if the name has only the mark.
        start: where the writing begins in the name.
        end: where it ends.
    """

    mark: str
    model: str | None
    start: int
    end: int


class Scanner:
    """Scans names for the aliases of an index."""

    def __init__(self, index: AliasIndex) -> None:
        self._index = index
        numbers = (key for key in index.models.get(_RANGE_MARK, {}) if key.isdigit())
        self._ranged = frozenset(key for key in numbers if len(key) > _LONGEST_MEASURE)
        opening = {*index.marks, *index.models_alone, *self._ranged}
        self._opening = frozenset(word for key in opening for word in index.openings[key])

    def scan(self, name: str) -> list[Match]:
        """Return the vehicles in the name, each once."""
        words = split_words(name)
        if self._opening.isdisjoint(words.words):
            return []
        return _without_repetitions(_Scan(self._index, self._ranged, self._opening, words).run())


class _Scan:
    """One pass over the words of a name."""

    def __init__(self, index: AliasIndex, ranged: frozenset[str], opening: frozenset[str], words: Words) -> None:
        self._index = index
        self._ranged = ranged
        self._opening = opening
        self._source = words
        self._words = words.words
        self._spans = words.spans()
        self._lower = words.lower
        self._found: list[Match] = []
        self._first = 0
        """The first word of the last vehicle found."""
        self._taken = 0
        """The words before this are read."""
        self._number = ""
        """The last number of a model, which the next may shorten: 2108-09."""

    def run(self) -> list[Match]:
        at = 0
        while at < len(self._words):
            at = (self._words[at] in self._opening and self._open_list(at)) or at + 1
        return self._found

    def _open_list(self, at: int) -> int:
        """Read a mark or a model that counts alone, and the list of models behind it; return where it ends, or 0."""
        for end, key in self._keys(at):
            if (mark := self._index.marks.get(key)) and (after := self._read_mark(mark, at, end)):
                return after
            if (model := self._index.models_alone.get(key)) and self._counts_alone(model, at, end):
                self._number = key if key.isdigit() else ""
                self._add(model.mark, model.model, at, end)
                return self._read_models(model.mark, end)
        return self._read_range(at)

    def _read_mark(self, alias: Alias, at: int, end: int) -> int:
        """Read a mark and its models; return where they end, or 0 if it does not count.

        A mark alone does not count as the maker of the engine of a vehicle named before: ``ГАЗ 3302 дв. Chrysler``.
        """
        self._number = ""
        after = self._read_model(alias.mark, end, at)
        if after:
            return self._read_models(alias.mark, after)
        is_engine = bool(self._found) and self._words[at - 1] in _ENGINES and self._is_beside(at)
        if is_engine or not (self._counts_alone(alias, at, end) or self._is_in_list_of_marks(at)):
            return 0
        self._add_mark(alias.mark, at, end)
        return self._read_models(alias.mark, end)

    def _is_in_list_of_marks(self, at: int) -> bool:
        """Return whether the word follows a mark and a slash: in ``Dodge/Jeep/Smart`` the last is a mark too."""
        is_next = bool(self._found) and self._found[-1].model is None and self._taken == at
        return is_next and _SLASH(self._gap(at - 1)) is not None

    def _add_mark(self, mark: str, at: int, end: int) -> None:
        """Add a mark without a model behind it. A number right before it is its model: ``2108 ВАЗ``."""
        before = self._index.models[mark].get(self._words[at - 1]) if at else None
        is_long = before is not None and len(self._words[at - 1]) > _LONGEST_MEASURE and at > self._taken
        if before and is_long and self._gap(at - 1) in (" ", "-") and not self._follows_number(at - 1):
            self._add(mark, before.model, at - 1, end)
        else:
            self._add(mark, None, at, end)

    def _read_models(self, mark: str, at: int) -> int:
        """Read models of the mark as long as only separators lie between; return where they end."""
        end = at
        while at < len(self._words) and self._is_beside(at):
            after = self._read_model(mark, at) or self._read_shortened(mark, at)
            if after:
                end = at = after
            elif self._words[at] in _PASSED or self._is_unknown_number(at):
                at += 1
            else:
                break
        return end

    def _read_model(self, mark: str, at: int, mark_at: int | None = None) -> int:
        """Read one model of the mark; return where it ends, or 0.

        Args:
            mark: the mark of the list.
            at: the first word.
            mark_at: the first word of the mark, if the mark is right before.
        """
        if at >= len(self._words) or self._words[at] not in self._index.longest or not self._is_beside(at):
            return 0
        models = self._index.models[mark]
        for end, key in self._keys(at):
            if (alias := models.get(key)) and self._is_plausible(mark, key, at, end, is_first=mark_at is not None):
                self._number = key if key.isdigit() else ""
                self._add(mark, alias.model, at if mark_at is None else mark_at, end)
                return end
        return 0

    def _read_shortened(self, mark: str, at: int) -> int:
        """Read a number of which only the last digits are written: ``2108-09`` and ``2105, 08``; 0 if it is none."""
        full = self._expanded(mark, self._number, at)
        if not full or not _IN_LIST(self._gap(at - 1)) or self._is_other_number(mark, at, at + 1):
            return 0
        self._number = full
        self._add(mark, self._index.models[mark][full].model, at, at + 1)
        return at + 1

    def _expanded(self, mark: str, number: str, at: int) -> str:
        last = self._words[at]
        if len(number) <= _LONGEST_MEASURE or len(last) not in (_SHORT, _LONGEST_MEASURE) or not last.isdigit():
            return ""
        models = self._index.models[mark]
        kept = (number[: len(number) - len(last)], number[:3], number[:2])
        full = (prefix + last for prefix in kept)
        known = (key for key in full if key in models and key not in _NEVER_SHORTENED)
        # 2108-99 is 2108 and 21099, and 2108-093 is 21093, but 2110-20 is no 21120, which is a version of 2112.
        is_long = len(last) > _SHORT
        return next((key for key in known if is_long or len(key) <= len(number) or models[key].model == key), "")

    def _read_range(self, at: int) -> int:
        """Read numbers in the writings usual for one mark, without the mark: ``2101-07``, ``2108-2115``."""
        first = self._words[at]
        if first not in self._ranged or at + 1 >= len(self._words) or self._follows_number(at):
            return 0
        gap = self._gap(at)
        is_pair = self._words[at + 1] in self._ranged and _IN_LIST(gap)
        is_range = _IN_RANGE(gap) and self._expanded(_RANGE_MARK, first, at + 1)
        if not (is_pair or is_range) or self._is_other_number(_RANGE_MARK, at + 1, at + 2):
            return 0
        self._number = first
        self._add(_RANGE_MARK, self._index.models[_RANGE_MARK][first].model, at, at + 1)
        return self._read_models(_RANGE_MARK, at + 1)

    def _is_bare(self, mark: str, at: int) -> bool:
        """Return whether a number alone is a model of the mark: not of another mark, and no number of a part."""
        if (
            self._follows_number(at)
            or self._is_before_its_mark(at)
            or self._lower.startswith(" год", self._spans[at][1])
        ):
            return False
        if at == 0 or self._gap(at - 1) != " ":
            return True
        is_of_other_mark = bool(self._found) and self._found[-1].mark != mark
        return not is_of_other_mark and not _NO_CAR_BEFORE(self._lower[slice(*self._spans[at - 1])])

    def _is_before_its_mark(self, at: int) -> bool:
        """Return whether a mark with a model of this number follows, as in ``2108 ВАЗ``: that mark takes it."""
        if at + 1 >= len(self._words) or self._gap(at) not in (" ", "-"):
            return False
        alias = self._index.marks.get(self._words[at + 1])
        return alias is not None and self._words[at] in self._index.models[alias.mark]

    def _is_plausible(self, mark: str, key: str, at: int, end: int, *, is_first: bool) -> bool:
        """Return whether a model beside its mark is one, and no measure, year or part number."""
        gap = self._gap(at - 1)
        in_list = bool(self._found) and self._found[-1].model is not None and _IN_LIST(gap) is not None
        if len(key) <= _SHORT and not (_BESIDE(gap) if is_first else key.isdigit() and in_list):
            return False
        if not key.isdigit():
            return len(key) > _SHORT or not self._is_other_number(mark, at, end)
        if self._is_other_number(mark, at, end) or (_YEAR(key) and not is_first):
            return False
        return is_first or not self._follows_number(at) or bool(self._number)

    def _is_other_number(self, mark: str, at: int, end: int) -> bool:
        """Return whether what follows shows that the number is a measure, a year or a part of a part number."""
        after = self._spans[end - 1][1]
        if after == len(self._lower):
            return False
        length = after - self._spans[at][0]
        if length <= _LONGEST_MEASURE and _MEASURE_AFTER.match(self._lower, after):
            return True
        if _YEAR(self._words[at]) and _YEAR_AFTER.match(self._lower, after):
            return True
        return bool(_PART_NUMBER_AFTER.match(self._lower, after)) and not self._continues_list(mark, end)

    def _continues_list(self, mark: str, at: int) -> bool:
        """Return whether the word is another model, as in ``2108-2118``, ``2108-099``, ``4320/5557``."""
        if at >= len(self._words):
            return False
        last, word = self._words[at - 1], self._words[at]
        is_range = len(last) == len(word) and word.isdigit() and last[:_SHORT] == word[:_SHORT]
        return is_range or word in self._index.models[mark] or bool(self._expanded(mark, last, at))

    def _follows_number(self, at: int) -> bool:
        """Return whether the word is joined to the one before, as the later pieces of a part number are."""
        start = self._spans[at][0]
        return start > 1 and self._lower[start - 1] in _JOINS_PART_NUMBER and self._lower[start - 2].isalnum()

    def _is_unknown_number(self, at: int) -> bool:
        word = self._words[at]
        return (word.isdigit() and len(word) < _LONGEST_NUMBER) or _YEARS(word) is not None

    def _counts_alone(self, alias: Alias, at: int, end: int) -> bool:
        last = self._words[end - 1]
        if last[-1].isdigit() and _MEASURE_AFTER.match(self._lower, self._spans[end - 1][1]):
            return False
        if last.isdigit() and self._is_other_number(alias.mark, end - 1, end):
            return False
        if end - at == 1 and last.isdigit() and alias.model and not self._is_bare(alias.mark, at):
            return False
        if not alias.capitals:
            return alias.is_alone
        before = self._lower[self._spans[at][0] - 1 : self._spans[at][0]]
        if alias.is_common and before in _QUOTES and before:
            return False
        start, stop = self._source.place(self._spans[at][0], self._spans[end - 1][1])
        return alias.counts_alone(self._source.text[start:stop])

    def _keys(self, at: int) -> list[tuple[int, str]]:
        """Return the ends and the joined words of what may be an alias, the longest first."""
        key = self._words[at]
        keys = [(at + 1, key)]
        for end in range(at + 2, min(at + self._index.longest.get(key, 0), len(self._words)) + 1):
            gap = self._gap(end - 2)
            if gap != " " and not _BETWEEN_WORDS(gap) and not (len(key) == 1 and _SLASH(gap)):
                break
            key += self._words[end - 1]
            keys.append((end, key))
        return keys[::-1]

    def _is_beside(self, at: int) -> bool:
        """Return whether only separators lie between the word and the one before."""
        gap = self._gap(at - 1)
        return gap == " " or _BETWEEN_MODELS(gap) is not None

    def _gap(self, at: int) -> str:
        """Return what lies between the word and the next."""
        return self._lower[self._spans[at][1] : self._spans[at + 1][0]]

    def _is_family(self, model: str | None, at: int) -> bool:
        """Return whether the word before is the name of a family to which the model belongs: ``Волга 31105``."""
        if not model or self._found[-1].model is None or self._gap(at - 1) not in (" ", "-", " ("):
            return False
        return self._words[at].isdigit() and self._words[at - 1] in words_of(fold(model))

    def _add(self, mark: str, model: str | None, at: int, end: int) -> None:
        if self._found and self._taken == at and (self._found[-1][:2] == (mark, model) or self._is_family(model, at)):
            at = self._first
            self._found.pop()
        self._first = at
        self._found.append(Match(mark, model, *self._source.place(self._spans[at][0], self._spans[end - 1][1])))
        self._taken = end


def _without_repetitions(found: list[Match]) -> list[Match]:
    """Return each vehicle once; a mark alone is left out where a model of it is there."""
    with_models = {match.mark for match in found if match.model}
    kept: dict[tuple[str, str | None], Match] = {}
    for match in found:
        if match.model or match.mark not in with_models:
            kept.setdefault((match.mark, match.model), match)
    return list(kept.values())
