"""Which keys of the planes meet the filters of a search, under the names of the filters."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Exists, F, IntegerField, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, StrIndex
from django.db.models.lookups import GreaterThan

from partsearch.catalog.models import Mark, Model, TotalsKey, TotalsMarkChange
from partsearch.django_service.planes import steps
from partsearch.django_service.planes.expressions import TEXTS
from partsearch.django_service.statements.compiled_query import HiddenParameter
from partsearch.django_service.statements.lookups import AnyOf, Like, LikeAny

_TEXT = TextField()
_KEYS: "ArrayField[Any, Any]" = ArrayField(IntegerField())

_MARKS_ARE_FOLDED = ~Q(Exists(TotalsMarkChange.objects.all()))
"""Whether the planes know which marks and models are visible, and the country of each mark."""


def _ids(rows: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    return rows.order_by().values_list(Cast("id", _TEXT))


def _contains(name: str) -> Q:
    return Q(Like(F("name_normalized"), HiddenParameter(name, _TEXT)))


def _contains_short(name: str) -> Q:
    return Q(GreaterThan(StrIndex("name_normalized", HiddenParameter(name, _TEXT)), 0))


_MARKS = Mark.objects.filter(is_visible=True)
_MODELS = Model.objects.filter(is_visible=True)
_MARKS_OF_COUNTRY = Mark.objects.filter(
    producer_country_name_normalized=HiddenParameter("producer_country_name", _TEXT)
)

KEYS = {
    # The part, its mark and its model are visible; ``hidden_keys`` has the marks and models that are not.
    "shown": Q(_MARKS_ARE_FOLDED, attribute="shown") | Q(~_MARKS_ARE_FOLDED, attribute="visible"),
    # The mark's name contains the text.
    "mark_name": Q(attribute="mark", value__in=_ids(_MARKS.filter(_contains("mark_name")))),
    # The same for a text that is too short for a trigram index.
    "mark_name_short": Q(attribute="mark", value__in=_ids(_MARKS.filter(_contains_short("mark_name")))),
    # The mark is one of these.
    "mark_list": Q(AnyOf(F("value"), HiddenParameter("mark_values", TEXTS)), attribute="mark"),
    # The model's name contains the text.
    "model_name": Q(attribute="model", value__in=_ids(_MODELS.filter(_contains("model_name")))),
    # The same for a text that is too short for a trigram index.
    "model_name_short": Q(attribute="model", value__in=_ids(_MODELS.filter(_contains_short("model_name")))),
    # The model is one of these.
    "model_list": Q(AnyOf(F("value"), HiddenParameter("model_values", TEXTS)), attribute="model"),
    # The mark's country is this one.
    "producer_country_name": Q(
        _MARKS_ARE_FOLDED, attribute="country", value=HiddenParameter("producer_country_name", _TEXT)
    )
    | Q(~_MARKS_ARE_FOLDED, attribute="mark", value__in=_ids(_MARKS_OF_COUNTRY)),
}
"""The other filters, on the part's name, its price, params and ``q``, need the terms of ``partsearch.totals``."""


def keys_of(condition: Q) -> "QuerySet[TotalsKey, Any]":
    """Return the ids of the keys that meet ``condition``."""
    return TotalsKey.objects.filter(condition).order_by().values_list("id")


@dataclass(frozen=True, slots=True)
class NamedCondition:
    """A condition on the part's name, or of a group of ``q``, as far as the statement depends on it.

    Attributes:
        condition: its name.
        attributes: those that its keys can have. The name of a parameter with patterns is condition and attribute.
        has_exact: whether some of its keys are in the step ``Condition``.
    """

    condition: str
    attributes: tuple[str, ...]
    has_exact: bool

    def keys(self) -> "QuerySet[TotalsKey, Any]":
        """Return the ids of the keys that meet the condition."""
        keys = Q()
        for attribute in self.attributes:
            patterns = HiddenParameter(f"{self.condition} {attribute}", TEXTS)
            keys |= Q(LikeAny(F("value"), patterns), attribute=attribute)
        if self.has_exact:
            exact = steps.Condition.objects.filter(condition=self.condition).values("keys")
            keys |= Q(AnyOf(F("id"), Cast(Subquery(exact), _KEYS)))
        return keys_of(keys)


def hidden_keys() -> "QuerySet[TotalsKey, Any]":
    """Return the ids of the marks and models that are not visible, if the planes do not know that yet."""
    marks = Q(attribute="mark", value__in=_ids(Mark.objects.filter(is_visible=False)))
    models = Q(attribute="model", value__in=_ids(Model.objects.filter(is_visible=False)))
    return keys_of(Q(~_MARKS_ARE_FOLDED) & (marks | models))
