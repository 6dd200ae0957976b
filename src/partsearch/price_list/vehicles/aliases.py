"""The index of aliases: which key means which mark or model, and when it counts."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from partsearch.catalog.vehicle_names import AliasUse, VehicleName
from partsearch.contract.text.folding import (
    CYRILLIC_LOOK_ALIKES,
    LATIN_LOOK_ALIKES,
    exact_words,
    fold_word,
    join,
)
from partsearch.price_list.vehicles.common_words import COMMON_WORDS

_SHORTEST_MARK_ALONE = 3
_SHORTEST_MODEL_ALONE = 5
_LETTERS_OR_DIGITS = re.compile(r"[0-9]+|[^\W\d_]+")
_CYRILLIC = re.compile("[а-я]")
_IN_CYRILLIC = str.maketrans(LATIN_LOOK_ALIKES, CYRILLIC_LOOK_ALIKES)
_UKRAINIAN = str.maketrans("иИ", "іІ")
_COMMON_KEYS = frozenset(map(join, COMMON_WORDS))


@dataclass(frozen=True)
class Alias:
    """An alias of a mark, or of a model.

    Attributes:
        is_alone: it counts without its partner, which is a model of the mark or the mark of the model.
        capitals: empty, or the spelling whose capitals the text must have to count without its partner.
        is_common: it is a common word too. In quotation marks it is the name of a product: ``игрушка "Боксер"``.
    """

    mark: str
    model: str
    is_alone: bool
    capitals: str = ""
    is_common: bool = False

    def counts_alone(self, text: str) -> bool:
        """Return whether this way of writing it counts without its partner."""
        if not self.capitals:
            return self.is_alone
        return text.isupper() if self.capitals.isupper() else text[:1].isupper()


@dataclass
class AliasIndex:
    """Aliases by key: the folded words, joined.

    Attributes:
        marks: the marks.
        models: the models of each mark.
        models_alone: the models that may count without their mark.
        longest: for the first word of each alias, the most words that an alias beginning with it has.
        openings: the words with which each key may begin.
        exact: every alias as it is, except for case and separators; others were found by look-alikes.
    """

    marks: dict[str, Alias] = field(default_factory=dict)
    models: dict[str, dict[str, Alias]] = field(default_factory=dict)
    models_alone: dict[str, Alias] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    openings: dict[str, set[str]] = field(default_factory=dict)
    exact: set[tuple[str, str, str]] = field(default_factory=set)


def build_index(names: Iterable[VehicleName]) -> AliasIndex:
    """Return the index. Of two marks or two models of a mark with one alias the first has it."""
    names = list(names)
    index = AliasIndex()
    contenders: dict[str, list[tuple[Alias, bool]]] = {}
    for name in [*names, *_in_ukrainian(names)]:
        exact = exact_words(name.alias)
        if not exact:
            continue
        words = list(map(fold_word, exact))
        key = "".join(words)
        alias = _alias(name, key, words)
        index.exact.update((name.mark, name.model, writing) for writing in _exact_keys("".join(exact)))
        _register_words(index, key, words)
        models = index.models.setdefault(name.mark, {})
        if not name.model:
            index.marks.setdefault(key, alias)
        elif models.setdefault(key, alias) is alias and alias.is_alone:
            contenders.setdefault(key, []).append((alias, name.use is not AliasUse.BY_RULE))
    index.models_alone = {key: winner for key, aliases in contenders.items() if (winner := _winner(aliases))}
    return index


def _in_ukrainian(names: Iterable[VehicleName]) -> Iterator[VehicleName]:
    """Yield the aliases as they are in Ukrainian: ``Октавия`` as ``Октавія``."""
    for name in names:
        alias = name.alias.translate(_UKRAINIAN)
        if alias != name.alias:
            yield name._replace(alias=alias)


def _winner(aliases: list[tuple[Alias, bool]]) -> Alias | None:
    """Return the alias that counts without its mark: the only one, or the only one that says so itself."""
    explicit = [alias for alias, is_explicit in aliases if is_explicit]
    claimed = explicit or [alias for alias, _ in aliases]
    return claimed[0] if len({alias.mark for alias in claimed}) == 1 else None


def _alias(name: VehicleName, key: str, words: list[str]) -> Alias:
    capitals = name.alias if name.use is AliasUse.CAPITALS else ""
    return Alias(name.mark, name.model, _is_alone(name, key, words), capitals, key in _COMMON_KEYS)


def _is_alone(name: VehicleName, key: str, words: list[str]) -> bool:
    if name.use is not AliasUse.BY_RULE:
        return name.use is not AliasUse.BESIDE_PARTNER
    if not name.model:
        return len(key) >= _SHORTEST_MARK_ALONE
    return (
        len(key) >= _SHORTEST_MODEL_ALONE
        and not any(letter.isdigit() for letter in words[0])
        and not all(word in _COMMON_KEYS or word.isdigit() or len(word) == 1 for word in words)
    )


def _exact_keys(exact: str) -> tuple[str, ...]:
    """Return the joined alias as it is; of one with Cyrillic words also all in Cyrillic, as ``Е класс``."""
    return (exact, exact.translate(_IN_CYRILLIC)) if _CYRILLIC.search(exact) else (exact,)


def _register_words(index: AliasIndex, key: str, words: list[str]) -> None:
    openings = index.openings.setdefault(key, set())
    for writing in (words, [key], _LETTERS_OR_DIGITS.findall(key)):
        first = writing[0]
        openings.add(first)
        if len(writing) > index.longest.get(first, 0):
            index.longest[first] = len(writing)
