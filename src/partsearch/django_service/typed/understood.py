"""What the field ``q`` of a search means."""

from collections.abc import Sequence
from functools import lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Func, IntegerField, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from partsearch.catalog.models import Part, TotalsState
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.contract.text.like import contains
from partsearch.django_service.database.reader import read
from partsearch.django_service.filters import FILTERS
from partsearch.django_service.planes.expressions import TEXTS, Items
from partsearch.django_service.statements.compiled_query import CompiledQuery, HiddenParameter, Steps
from partsearch.django_service.statements.lookups import Like
from partsearch.django_service.typed.dictionary import current_dictionary
from partsearch.django_service.typed.pieces import piece_counts
from partsearch.django_service.typed.steps import FrequentText, RareText
from partsearch.totals.statistics import latest_statistics, text_share
from partsearch.understanding import COUNTED, understand
from partsearch.understanding.short_texts import known_counts, pieces_to_count

_FREQUENT_SHARE = 0.002
"""Of a text that so many names contain, enough parts are found without an index."""


def understood_of(search: Search) -> Understood | None:
    """Return what the ``q`` of ``search`` means, or None if it has none.

    Raises:
        ProblemError: 503, the database is out of reach.
    """
    if search.q is None:
        return None
    query = understand(search.q, current_dictionary())
    texts = query.texts_to_check
    return query.resolve(read(lambda: counts_of(texts)) if texts else {})


def counts_of(texts: Sequence[str]) -> dict[str, int]:
    """Return how many shown parts have a name that contains each of the texts, counted up to ``COUNTED``."""
    pieces = pieces_to_count(texts)
    of_pieces = piece_counts(pieces) if pieces else None
    known = known_counts(texts, of_pieces) if of_pieces is not None else {}
    rest = [text for text in texts if text not in known]
    counts = known | (_counts_by_reading(rest) if rest else {})
    return {text: min(count, COUNTED) for text, count in counts.items()}


def _counts_by_reading(texts: Sequence[str]) -> dict[str, int]:
    patterns = {contains(text): text for text in texts}
    frequent = [pattern for pattern, text in patterns.items() if _is_frequent(text)]
    rare = [pattern for pattern in patterns if pattern not in frequent]
    rows = _counts().rows({"rare_patterns": rare, "frequent_patterns": frequent})
    return {patterns[pattern]: count for pattern, count in rows}


def _is_frequent(text: str) -> bool:
    statistics = latest_statistics.value
    return statistics is not None and text_share(statistics, "word", text)[1] > _FREQUENT_SHARE


@lru_cache(1)
def _counts() -> CompiledQuery:
    """Return the query for the patterns and their counts.

    A rare text is counted by the trigram index. With a limit PostgreSQL would rather read all names, for it does not
    know how rare the text is.
    """
    named = Part.objects.filter(FILTERS["shown"], Like(F("name_normalized"), OuterRef("pattern"))).order_by()
    total = named.values(all_together=Value(1)).annotate(total=Count("*")).values("total")
    counted = Coalesce(Subquery(total), Value(0), output_field=IntegerField())
    first = Func(ArraySubquery(named.values("id")[:COUNTED]), function="cardinality", output_field=IntegerField())
    rare = RareText.objects.values_list("pattern", counted)
    frequent = FrequentText.objects.values_list("pattern", first)
    steps: Steps = {RareText: _patterns("rare_patterns"), FrequentText: _patterns("frequent_patterns")}
    return CompiledQuery(rare.union(frequent, all=True), steps)


def _patterns(parameter: str) -> "QuerySet[TotalsState, tuple[str]]":
    return TotalsState.objects.values_list(Items(HiddenParameter(parameter, TEXTS), output_field=TextField()))
