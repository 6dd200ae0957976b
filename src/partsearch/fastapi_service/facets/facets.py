"""The facets of an answer: counted in the snapshot of its page."""

from decimal import Decimal
from typing import NamedTuple

import orjson

from partsearch.contract.answer.facets import (
    PRICE_BOUNDS,
    Facet,
    FacetScalar,
    FacetValue,
    PriceFacet,
    chosen_values,
    facets_answer,
    params_key,
    searches_of,
    values_facet,
)
from partsearch.contract.filters.understood import Understood
from partsearch.contract.request.search import Search
from partsearch.fastapi_service.facets.statements import facet_statements
from partsearch.fastapi_service.snapshot import Snapshot


class Row(NamedTuple):
    """An item of the list that the statements return; see count_facets.sql."""

    facet: str
    value: str
    label: str | None
    parts: int
    distinct: int
    lowest: str | None
    highest: str | None


async def count_facets(snapshot: Snapshot, search: Search, understood: Understood | None = None) -> bytes:
    """Return the JSON of the facets of ``search``."""
    facets: dict[str, Facet] = {}
    for counted, names in searches_of(search):
        rows: list[Row] = []
        for statement in facet_statements(counted, search, names, understood):
            rows += [Row(*item) for item in orjson.loads(await snapshot.read(statement))]
        for name in names:
            facets[name] = facet_of(search, name, [row for row in rows if row.facet == name])
    return facets_answer({name: facets[name] for name in search.facets})


def facet_of(search: Search, name: str, rows: list[Row]) -> Facet:
    """Return the facet of ``search`` that the rows are of."""
    if name == "price":
        return _price_facet(rows)
    distinct = max((row.distinct for row in rows), default=0)
    counted = [_value(row) for row in rows if row.parts]
    chosen = [_value(row) for row in rows if not row.parts] + chosen_values(search, name)
    return values_facet(name, counted, chosen, distinct)


def _price_facet(rows: list[Row]) -> PriceFacet:
    counts = {PRICE_BOUNDS[int(row.value) - 1]: row.parts for row in rows}
    lowest = min((Decimal(row.lowest) for row in rows if row.lowest is not None), default=None)
    highest = max((Decimal(row.highest) for row in rows if row.highest is not None), default=None)
    return PriceFacet(lowest, highest, counts)


def _value(row: Row) -> FacetValue:
    label = row.label or ""
    return FacetValue(_scalar(row, label), label, row.parts)


def _scalar(row: Row, label: str) -> FacetScalar:
    """Return the value of a row: a country or a name is the label, an attribute is as ``totals_param`` writes it."""
    if row.facet in ("mark", "model"):
        return int(row.value)
    key = params_key(row.facet)
    if key is None:
        return label
    kind, text = row.value[len(f"{len(key)}:{key}")], row.value[len(f"{len(key)}:{key}") + 1 :]
    match kind:
        case "?":
            return text == "true"
        case "#":
            return Decimal(text)
    return text
