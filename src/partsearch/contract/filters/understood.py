"""What a text in the field ``q`` means: the conditions that parts must meet, and what is said about it in the answer.

``partsearch.understanding`` makes it. Each service finds the parts: Django in its ORM, FastAPI in SQL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from partsearch.contract.request.values import ParamsScalar


class CorrectionKind(StrEnum):
    """How a word that finds nothing became one that does."""

    TYPO = "typo"
    LAYOUT = "layout"
    TRANSLITERATION = "transliteration"
    SYNONYM = "synonym"
    ABBREVIATION = "abbreviation"
    FORM = "form"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of ``q`` and what is searched instead of it, both as people read them."""

    typed: str
    corrected: str
    kind: CorrectionKind


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What a word, or several that are one thing, may mean. A part meets it if it meets one of these.

    Attributes:
        texts: the part's name contains one of them. They are normalised, without blanks at their ends, and have at most
            two words.
        mark_list: the part's mark is one of them.
        model_list: the part's model is one of them.
        params: the part's json_data has one of these keys with this value, compared as ``params`` of a search is. A
            text value is normalised.
        numbers: a part number of the part starts with one of them. They are normalised as
            ``catalog.functions.PartNumbers`` does it.
    """

    texts: tuple[str, ...] = ()
    mark_list: tuple[int, ...] = ()
    model_list: tuple[int, ...] = ()
    params: tuple[tuple[str, ParamsScalar], ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """What ``q`` means.

    A part matches if it meets all of ``groups``. Without groups nothing matches.

    Attributes:
        q: the text that is searched after corrections, as people read it: ``бампер передний honda``.
        groups: what the words mean, in the order of the text.
        phrase: a part whose name contains it has rank 0. Normalised; empty if no word can be in a name.
        words: a part whose name contains all of them has rank 1; the others have rank 2. As typed, normalised.
        highlights: the texts that are highlighted in the names of the parts: normalised.
        mark_list: the marks that were understood.
        model_list: the models that were understood.
        number: the part number that was understood, normalised.
        params: the keys of json_data that were understood, with their values.
        corrections: in the order of the text.
        unused: the words that could not be understood, as typed.
    """

    q: str
    groups: tuple[Alternatives, ...] = ()
    phrase: str = ""
    words: tuple[str, ...] = ()
    highlights: tuple[str, ...] = ()
    mark_list: tuple[int, ...] = ()
    model_list: tuple[int, ...] = ()
    number: str | None = None
    params: Mapping[str, ParamsScalar] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    unused: tuple[str, ...] = ()
