"""A search as conditions on the planes: a part must have one of the keys of each condition."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from partsearch.contract.filters.understood import Alternatives, Understood
from partsearch.contract.limits import TEXT_LENGTH
from partsearch.contract.request.search import Search
from partsearch.contract.request.values import ParamsScalar, ParamsValue, SortOrder, TwoReadings
from partsearch.contract.text.normalized import normalize
from partsearch.totals.name_terms import LONGEST_PIECE, Term, name_terms
from partsearch.totals.price_terms import ALL_DIGITS, Conditions, at_least, last_digit_key, more_than

SHOWN = "shown"
GROUP = "q "
"""The conditions of the groups of ``q`` begin with it."""
_KOPECKS = 100
_WITHOUT_SUMS = ("model_", "price_")


@dataclass(frozen=True, slots=True)
class ExactTerm:
    """A part meets ``condition`` if it has the key of this attribute with this value."""

    condition: str
    attribute: str
    value: str


@dataclass(slots=True)
class PlaneConditions:
    """What a search asks of the planes.

    Attributes:
        conditions: the names of the conditions that must hold.
        over_price: those that together hold for the parts to leave out, because their price is over the bound.
        name_terms: which keys meet the conditions on the part's name.
        exact_terms: which keys meet the conditions on price and params, and on a name's piece of one or two letters.
        params: the keys of json_data that the planes must know.
        last_digit_key: the last key of the digits of a price up to the bound.
        in_phrase: the conditions that the matches of rank 0 meet.
        in_words: the conditions that the matches of the ranks 0 and 1 meet.
        has_ranks: whether the matches of each rank are counted.
    """

    conditions: list[str] = field(default_factory=lambda: [SHOWN])
    over_price: list[str] = field(default_factory=list)
    name_terms: list[Term] = field(default_factory=list)
    exact_terms: list[ExactTerm] = field(default_factory=list)
    params: list[str] = field(default_factory=list)
    last_digit_key: int = ALL_DIGITS
    in_phrase: list[str] = field(default_factory=list)
    in_words: list[str] = field(default_factory=list)
    has_ranks: bool = False

    @property
    def summed(self) -> str | None:
        """The condition that says alone which of the shown parts match, if there are sums for its keys."""
        others = self.conditions[1:]
        if len(others) > 1 or self.over_price or self.has_ranks:
            return None
        (condition,) = others or [SHOWN]
        return None if condition.startswith(_WITHOUT_SUMS) else condition

    @property
    def are_disjoint(self) -> bool:
        """Whether a part has only one of the keys of ``summed``: it may have several words, or a word and a mark."""
        return not self.name_terms and not any(name.startswith(GROUP) for name in self.conditions)


def plane_conditions(search: Search, understood: Understood | None = None) -> PlaneConditions | None:
    """Return the conditions of ``search``, or None if the planes cannot answer it.

    Args:
        search: the search.
        understood: what its ``q`` means; None if it has none.
    """
    found = PlaneConditions()
    for name in ("mark_name", "mark_list", "model_name", "model_list", "producer_country_name"):
        if getattr(search, name) is not None:
            found.conditions.append(name)
    if search.part_name is not None and not _add_name(found, normalize(search.part_name)):
        return None
    _add_prices(found, search.price_gte, search.price_lte)
    for number, (key, value) in enumerate(search.params.items()):
        values = [param_value(key, reading) for reading in _readings(value)]
        condition = f"param {number}"
        found.conditions.append(condition)
        found.params.append(key)
        for text in values:
            if text is None:
                return None
            found.exact_terms.append(ExactTerm(condition, "param", text))
    return found if understood is None or _add_typed(found, search, understood) else None


def _add_name(found: PlaneConditions, text: str) -> bool:
    """Add the conditions on the part's name; return whether the planes can tell."""
    conditions = _add_text(found, text, "part_name")
    found.conditions.extend(conditions or ())
    return conditions is not None


def _add_text(found: PlaneConditions, text: str, condition: str) -> list[str] | None:
    """Add the keys of the names that contain ``text``; return the conditions that hold for them together.

    Returns:
        None if the planes cannot tell.
    """
    if _is_piece(text):
        found.exact_terms.append(ExactTerm(condition, "piece", text))
        return [condition]
    terms = name_terms(text, condition)
    if terms is None:
        return None
    found.name_terms.extend(terms)
    return list(dict.fromkeys(term.condition for term in terms))


def _is_piece(text: str) -> bool:
    return len(text) <= LONGEST_PIECE and " " not in text


def _add_typed(found: PlaneConditions, search: Search, understood: Understood) -> bool:
    """Add the conditions of ``q``; return whether the planes can tell. They know no part numbers."""
    for number, group in enumerate(understood.groups):
        condition = f"{GROUP}{number}"
        found.conditions.append(condition)
        if group.numbers or not _add_group(found, group, condition):
            return False
    if not understood.groups or understood.number is not None:
        return False
    found.has_ranks = search.order is SortOrder.RELEVANCE
    return not found.has_ranks or _add_ranks(found, understood)


def _add_group(found: PlaneConditions, group: Alternatives, condition: str) -> bool:
    for text in group.texts:
        terms = [] if _is_piece(text) else name_terms(text, condition)
        if terms is None or len({term.condition for term in terms}) > 1:
            return False
        # Two words are one pair: its keys are alternatives to those of the other texts.
        found.name_terms.extend(replace(term, condition=condition) for term in terms)
        if _is_piece(text):
            found.exact_terms.append(ExactTerm(condition, "piece", text))
    for mark in group.mark_list:
        found.exact_terms.append(ExactTerm(condition, "mark", str(mark)))
    for model in group.model_list:
        found.exact_terms.append(ExactTerm(condition, "model", str(model)))
    for key, value in group.params:
        text_of_key = param_value(key, value)
        if text_of_key is None:
            return False
        found.params.append(key)
        found.exact_terms.append(ExactTerm(condition, "param", text_of_key))
    return True


def _add_ranks(found: PlaneConditions, understood: Understood) -> bool:
    """Add the conditions of the ranks 0 and 1; return whether the planes can tell."""
    if understood.phrase:
        conditions = _add_text(found, understood.phrase, "phrase")
        if conditions is None:
            return False
        found.in_phrase = conditions
    for number, word in enumerate(understood.words):
        conditions = _add_text(found, word, f"words {number}")
        if conditions is None:
            return False
        found.in_words.extend(conditions)
    return True


def _add_prices(found: PlaneConditions, lowest: Decimal | None, highest: Decimal | None) -> None:
    if lowest is not None:
        _add_price_terms(found, found.conditions, "price_gte", at_least(int(lowest * _KOPECKS)))
    if highest is not None:
        found.last_digit_key = last_digit_key(int(highest * _KOPECKS))
        _add_price_terms(found, found.over_price, "price_lte", more_than(int(highest * _KOPECKS)))


def _add_price_terms(found: PlaneConditions, conditions: list[str], name: str, keys: Conditions) -> None:
    for number, one_of in enumerate(keys):
        condition = f"{name} {number}"
        conditions.append(condition)
        found.exact_terms.extend(ExactTerm(condition, "price", key) for key in one_of)


def _readings(value: ParamsValue) -> Iterator[ParamsScalar]:
    if isinstance(value, TwoReadings):
        yield value.as_json
        yield value.as_text
    else:
        yield value


def param_value(key: str, value: ParamsScalar) -> str | None:
    """Return the value of the key as ``totals_param`` of the database writes it; None for what it leaves out."""
    if isinstance(value, bool):
        kind, text = "?", str(value).lower()
    elif isinstance(value, Decimal):
        kind, text = "#", _plain(value)
    else:
        kind, text = "=", normalize(value)
    return None if len(text) > TEXT_LENGTH else f"{len(key)}:{key}{kind}{text}"


def _plain(number: Decimal) -> str:
    """Return the digits of ``number`` without an exponent or trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
