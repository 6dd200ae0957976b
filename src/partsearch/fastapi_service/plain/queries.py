"""The search as two SQL statements, composed for each request."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from partsearch.contract.filters.by_name import filters_of
from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.request.search import Search

Pool = Any
"""A pool of asyncpg, which has no types."""
Row = Mapping[str, Any]

_FROM = """
FROM part
JOIN mark ON mark.id = part.mark_id
JOIN model ON model.id = part.model_id
WHERE part.is_visible AND mark.is_visible AND model.is_visible
"""
_TOTALS = "SELECT count(*) AS count, trim_scale(coalesce(sum(part.price), 0)) AS summ"
_PAGE = """
SELECT part.id, part.mark_id, mark.name AS mark_name, mark.producer_country_name,
    part.model_id, model.name AS model_name, part.name, part.json_data, trim_scale(part.price) AS price
"""
_NEW_AS_TEXT = """ OR part.attributes @> '{"is_new_part": "true"}'"""
_USED_AS_TEXT = """ OR part.attributes @> '{"is_new_part": "false"}'"""
_CONDITIONS = {
    "mark_name": "mark.name_normalized LIKE {}",
    "mark_name_short": "strpos(mark.name_normalized, {}) > 0",
    "mark_list": "part.mark_id = ANY ({}::bigint[])",
    "model_name": "model.name_normalized LIKE {}",
    "model_name_short": "strpos(model.name_normalized, {}) > 0",
    "model_list": "part.model_id = ANY ({}::bigint[])",
    "part_name": "part.name_normalized LIKE {}",
    "part_name_short": "strpos(part.name_normalized, {}) > 0",
    "producer_country_name": "mark.producer_country_name_normalized = {}",
    "price_gte": "part.price >= {}",
    "price_lte": "part.price <= {}",
    "color": "part.color = {}",
    "colors": "part.color = ANY ({}::text[])",
    "is_new_part": "part.is_new_part",
    "is_used_part": "NOT part.is_new_part",
    "is_new_part_or_text": f"(part.is_new_part{_NEW_AS_TEXT})",
    "is_used_part_or_text": f"(NOT part.is_new_part{_USED_AS_TEXT})",
    "others": "part.attributes @> {}::text::jsonb",
    "either": "part.attributes @@ {}::text::jsonpath",
}
"""The condition of each filter of the contract; ``{}`` stands for its value."""


async def find_parts(pool: Pool, search: Search) -> tuple[list[Row], int, Decimal]:
    """Return the rows of the page, the number of all matches and the sum of their prices."""
    where, values = _where(search)
    limit = f" ORDER BY part.id LIMIT {PARTS_PER_PAGE} OFFSET ${len(values) + 1}"
    async with pool.acquire() as connection:
        totals = await connection.fetchrow(_TOTALS + where, *values)
        rows = await connection.fetch(_PAGE + where + limit, *values, search.offset)
    return rows, totals["count"], totals["summ"]


def _where(search: Search) -> tuple[str, list[Any]]:
    """Return FROM and WHERE of a search with the values of their parameters."""
    filters = filters_of(search)
    conditions, values = [], []
    for name in filters.names:
        if name != "shown":
            condition = _CONDITIONS[name]
            if "{}" in condition:
                values.append(filters.values[name.removesuffix("_short")])
                condition = condition.replace("{}", f"${len(values)}")
            conditions.append(f" AND {condition}")
    return _FROM + "".join(conditions), values
