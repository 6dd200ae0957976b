"""The rows of the table ``synonym`` by what people type, also in its other forms."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from partsearch.contract.request.values import ParamsScalar
from partsearch.contract.text.normalized import normalize
from partsearch.understanding.rows import SynonymRow
from partsearch.understanding.stems import lemmas, stem

_SHORTEST_IN_OTHER_FORMS = 4
_SHORTEST_MEANING = 3
_BOTH = {
    ("side", "левая"): "левая/правая",
    ("side", "правая"): "левая/правая",
    ("position", "перед"): "перед/зад",
    ("position", "зад"): "перед/зад",
    ("level", "верх"): "верх/низ",
    ("level", "низ"): "верх/низ",
}
"""Values of parts that are for both places, as an import writes them."""

Param = tuple[str, ParamsScalar]
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class SynonymIndex:
    """The rows by what is typed."""

    rows: tuple[SynonymRow, ...] = ()
    _written: Mapping[str, SynonymRow] = field(default_factory=dict)
    _forms: Mapping[str, tuple[SynonymRow, ...]] = field(default_factory=dict)
    _short: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _colors: Mapping[ParamsScalar, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: tuple[SynonymRow, ...]) -> "SynonymIndex":
        """Return the index of these rows; of two rows for one text the first counts."""
        written: dict[str, SynonymRow] = {}
        forms: dict[str, list[SynonymRow]] = defaultdict(list)
        short: dict[str, list[str]] = defaultdict(list)
        colors: dict[ParamsScalar, list[str]] = defaultdict(list)
        for row in rows:
            written.setdefault(row.written, row)
            if len(row.written) >= _SHORTEST_IN_OTHER_FORMS:
                forms[_form(row.written)].append(row)
            if row.kind == "abbreviation":
                for meaning in row.meanings:
                    short[meaning].append(row.written)
            if "color" in row.params:
                colors[_scalar(row.params["color"])].append(row.written)
        return cls(rows, written, _as_tuples(forms), _as_tuples(short), _as_tuples(colors))

    def find(self, text: str) -> SynonymRow | None:
        """Return the row of a text of one to three words, or of another form of it."""
        found = self._written.get(text) or self._written.get(text.rstrip("."))
        if found is None and len(text) >= _SHORTEST_IN_OTHER_FORMS:
            found = next((row for row in self._forms.get(_form(text), ()) if _are_forms(row.written, text)), None)
        return found

    def abbreviations(self, word: str) -> list[str]:
        """Return the abbreviations of a word: ``торм`` for ``тормозной``."""
        starts = (word[:length] for length in range(_SHORTEST_MEANING, len(word) + 1))
        return [short for start in starts for short in self._short.get(start, ())]

    def params(self, row: SynonymRow) -> tuple[Param, ...]:
        """Return the values of a part that the row means."""
        return tuple((key, _scalar(value)) for key, value in row.params.items())

    def alternatives(self, param: Param) -> tuple[Param, ...]:
        """Return the values that a part may have for this one: for a colour all ways of writing it."""
        key, value = param
        both = _BOTH.get((key, str(value)))
        written = self._colors.get(value, ()) if key == "color" else ()
        return tuple(dict.fromkeys((param, *((key, each) for each in (*written, *filter(None, (both,)))))))

    def words(self) -> set[str]:
        """Return the words that people type."""
        return {word for row in self.rows for word in row.written.split()}


def _as_tuples(lists: Mapping[_Key, list[_Value]]) -> dict[_Key, tuple[_Value, ...]]:
    return {key: tuple(values) for key, values in lists.items()}


def _are_forms(first: str, second: str) -> bool:
    """Return whether texts with equal stems may be forms of each other: ``серия`` and ``серый`` are known to differ."""
    pairs = zip(map(lemmas, first.split()), map(lemmas, second.split()), strict=True)
    return all(not own or not other or own & other for own, other in pairs)


def _form(text: str) -> str:
    return " ".join(map(stem, text.split()))


def _scalar(value: str | int) -> ParamsScalar:
    """Return a value as a search compares it; a boolean is an ``int`` too."""
    if isinstance(value, bool):
        return value
    return normalize(value) if isinstance(value, str) else Decimal(value)
