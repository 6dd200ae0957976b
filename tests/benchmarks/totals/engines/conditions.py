"""A search as the condition of an engine's SQL, on the columns of its table ``part``."""

from collections.abc import Callable, Iterator
from typing import Any

from partsearch.contract.request.search import Search
from partsearch.contract.text.normalized import normalize

Contains = Callable[[str, str], str]


def condition_of(search: Search, contains: Contains) -> str:
    """Return the condition that the parts of ``search`` meet.

    Args:
        search: its ``params`` have keys that the engine's table has columns for.
        contains: returns the engine's condition that a column contains a literal.
    """
    return " AND ".join(["shown = 1", *_cars(search, contains), *_others(search, contains)])


def literal(value: Any) -> str:
    """Return a value as SQL; a text normalised."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str):
        return "'" + normalize(value).replace("\\", "\\\\").replace("'", "''") + "'"
    return str(value)


def _cars(search: Search, contains: Contains) -> Iterator[str]:
    for table in ("mark", "model"):
        ids, name = getattr(search, f"{table}_list"), getattr(search, f"{table}_name")
        if ids is not None:
            yield f"{table}_id IN ({', '.join(map(str, ids)) or 'NULL'})"
        if name is not None:
            yield f"{table}_id IN (SELECT id FROM {table} WHERE {contains('name', literal(name))})"
    if search.producer_country_name is not None:
        yield f"mark_id IN (SELECT id FROM mark WHERE country = {literal(search.producer_country_name)})"


def _others(search: Search, contains: Contains) -> Iterator[str]:
    if search.part_name is not None:
        yield contains("name", literal(search.part_name))
    if search.price_gte is not None:
        yield f"price >= {search.price_gte}"
    if search.price_lte is not None:
        yield f"price <= {search.price_lte}"
    for key, value in search.params.items():
        yield f"{key} = {literal(value)}"
