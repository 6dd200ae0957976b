"""What a person may want to search for who has typed so far, looked up and counted with the ORM alone."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.contrib.postgres.search import SearchQueryField
from django.db import models
from django.db.models import Count, F, Func, Q, QuerySet, TextField
from django.db.models.functions import Cast, Collate, Length

from partsearch.catalog.functions import PartNumbers, PartNumberStarts
from partsearch.catalog.models import Model, TotalsKey
from partsearch.contract.filters.typed import starts_with
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.contract.request.suggest import Suggestion, SuggestionKind, SuggestRequest
from partsearch.contract.text.like import escape_like
from partsearch.django_service import queries
from partsearch.django_service.database.reader import read
from partsearch.django_service.filters import matching_parts
from partsearch.django_service.statements.compiled_query import CompiledQuery, Parameter
from partsearch.django_service.statements.lookups import Like, MatchesQuery
from partsearch.django_service.statements.steps import Step
from partsearch.django_service.typed.dictionary import current_dictionary
from partsearch.django_service.typed.understood import understood_of
from partsearch.totals.statistics import latest_statistics
from partsearch.understanding.suggestions import (
    ELIDED,
    NAMES_LOOKED_UP,
    NUMBERS_LOOKED_UP,
    Candidate,
    Shares,
    TypedText,
    VehiclesOfDictionary,
    choose_names,
    choose_numbers,
    choose_vehicles,
    corrected_starts,
    needs_rare_names,
    number_start,
    rank,
    typed_text,
)

_TEXT = TextField()
_vehicles = VehiclesOfDictionary()


def suggest(request: SuggestRequest) -> list[Suggestion]:
    """Return the suggestions for a text; if it gives none as typed, those for the corrected text.

    Raises:
        ProblemError: 503, the database is out of reach.
    """
    if request.q is None:
        return []
    typed = typed_text(request.q)
    found = _suggestions(typed, request.limit) if typed else []
    if found:
        return found
    understood = understood_of(Search(q=request.q))
    corrected = typed_text(understood.q) if understood and understood.corrections else None
    for text in [corrected, *corrected_starts(typed)] if typed else []:
        found = _suggestions(text, request.limit) if text and text != typed else []
        if found:
            break
    return found


def _suggestions(typed: TypedText, limit: int) -> list[Suggestion]:
    statistics = latest_statistics.value
    shares = Shares(statistics.shares if statistics else {})
    vehicles = choose_vehicles(typed, _vehicles.of(current_dictionary()), shares)
    candidates = [
        *choose_numbers(_numbers(typed)),
        *_with_marks(vehicles),
        *choose_names(typed, _names(typed, shares, limit), shares, limit),
    ]
    searches = [Search(**candidate.search) for candidate in candidates]
    understood = [understood_of(search) for search in searches]
    counts = read(lambda: list(map(_count, searches, understood)), from_one_snapshot=True) if candidates else []
    return rank(zip(candidates, counts, strict=True), limit)


def _count(search: Search, understood: Understood | None) -> int:
    """Return how many parts a search finds."""
    return queries.find_parts(search, understood).count


def _with_marks(candidates: list[Candidate]) -> Iterator[Candidate]:
    """Yield the candidates. A model gets the name of its mark, and is left out if a different mark was typed."""
    ids = [candidate.search["model_list"][0] for candidate in candidates if candidate.kind is SuggestionKind.MODEL]
    marks = read(lambda: _marks_of(ids)) if ids else {}
    for candidate in candidates:
        if candidate.kind is not SuggestionKind.MODEL:
            yield candidate
            continue
        mark, text = marks.get(candidate.search["model_list"][0], (None, ""))
        if mark is not None and (candidate.marks is None or mark in candidate.marks):
            yield replace(candidate, text=text)


def _marks_of(model_ids: list[int]) -> dict[int, tuple[int, str]]:
    """Return the mark of each model that may be shown, and the names of both."""
    shown = Model.objects.filter(id__in=model_ids, is_visible=True, mark__is_visible=True).order_by()
    rows = shown.values_list("id", "mark_id", "mark__name", "name")
    return {model_id: (mark_id, f"{mark} {model}") for model_id, mark_id, mark, model in rows}


def _names(typed: TypedText, shares: Shares, limit: int) -> list[tuple[str, str]]:
    """Return words and pairs of names for what was typed, as attribute and value."""
    frequent = shares.names(typed)
    return [*frequent, *read(lambda: _stored_names(typed))] if needs_rare_names(typed, frequent, limit) else frequent


def _stored_names(typed: TypedText) -> list[tuple[str, str]]:
    """Return the shortest words and pairs of names that the patterns of what was typed match."""
    return [
        (attribute, value)
        for attribute, pattern in typed.patterns
        for (value,) in _names_query().rows({"attribute": attribute, "pattern": pattern})
    ]


@lru_cache(1)
def _names_query() -> CompiledQuery:
    # The first condition is that of the trigram index.
    indexed = Q(attribute__in=["word", "pair", "phrase"]) & Q(attribute=Parameter("attribute", _TEXT))
    names = TotalsKey.objects.filter(indexed, Like(F("value"), Parameter("pattern", _TEXT)))
    # A word with digits is not in a pair.
    shortest = names.exclude(value__contains=ELIDED).order_by(Length("value"), Collate("value", "C"))
    return CompiledQuery(shortest.values_list("value")[:NAMES_LOOKED_UP])


class StoredNumber(Step):
    """A part number of a shown part that has a number with the typed start."""

    number = models.TextField(primary_key=True)


def _numbers(typed: TypedText) -> list[str]:
    """Return the part numbers of shown parts that start as typed, the shortest ones."""
    start = number_start(typed)
    if start is None:
        return []
    values = {"query": starts_with((start,)), "pattern": f"{escape_like(start)}%"}
    return [number for number, _ in read(lambda: _numbers_query().rows(values))]


@lru_cache(1)
def _numbers_query() -> CompiledQuery:
    query = Cast(Parameter("query", _TEXT), SearchQueryField())
    parts = matching_parts(["shown"]).filter(MatchesQuery(PartNumberStarts("json_data"), query))
    numbers: QuerySet[Any, Any] = parts.values_list(_EachOf(PartNumbers("json_data")))
    found = StoredNumber.objects.filter(Like(F("number"), Parameter("pattern", _TEXT)))
    distinct = found.values("number").annotate(parts=Count("*")).values_list("number", "parts")
    shortest = distinct.order_by(Length("number"), Collate("number", "C"))[:NUMBERS_LOOKED_UP]
    return CompiledQuery(shortest, {StoredNumber: numbers})


class _EachOf(Func):
    """A row for each item of an array."""

    function = "unnest"
    arity = 1
    set_returning = True
    output_field = _TEXT
