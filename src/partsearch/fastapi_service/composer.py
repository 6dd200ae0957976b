"""Loads the statements in ``queries/`` and numbers their parameters, as asyncpg takes them.

A file is one complete statement with the parameters as variables of psql: ``:'mark_name'``. It runs in psql as it is.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from partsearch.contract.filters import filters_of
from partsearch.contract.search import Search
from partsearch.database.schema import CATALOG, needed_migration
from partsearch.totals.conditions import PlaneConditions
from partsearch.totals.planner import preferred_planes


class Statement(NamedTuple):
    """A statement that returns one value.

    Attributes:
        sql: with ``$1``, ``$2``, ...
        values: their values.
        instead: the statement to run if this one returns NULL.
    """

    sql: str
    values: list[Any]
    instead: "Statement | None" = None


_BLOCK = re.compile(r"^ +-- ([a-z_]+): .*\n((?: ++(?!--).*\n)+)", re.MULTILINE)
_COMMENT = re.compile(r"^ *--.*\n", re.MULTILINE)
_PARAMETER = re.compile(r":'([a-z_]+)'")
_LATER_PAGE = "later_page"
_MATERIALIZED = ":materialized"
_TEXTS_KEPT = 256
"""How many sets of filters keep their SQL. The SQL of any other set is composed for each search."""


def find_parts(search: Search) -> Statement:
    """Return the statement that answers ``search``: from the planes, if that is likely to take less time."""
    planes = preferred_planes(search)
    return find_few_parts(search) if planes is None else find_parts_by_planes(search, planes)


def find_parts_by_scan(search: Search) -> Statement:
    """Return the statement that reads the matching parts: of the optional blocks it has those that ``search`` needs."""
    return _scan(search, "NOT MATERIALIZED")


def find_few_parts(search: Search) -> Statement:
    """Return the statement that reads each matching part once, which is best for few."""
    return _scan(search, "MATERIALIZED")


def _scan(search: Search, materialized: str) -> Statement:
    filters = filters_of(search)
    blocks = (*filters.names, _LATER_PAGE) if search.offset else filters.names
    return _statement("find_parts", blocks, {**filters.values, "offset": search.offset}, materialized)


def find_parts_by_planes(search: Search, planes: PlaneConditions) -> Statement:
    """Return the statement that answers ``search`` from the planes. It returns NULL if they are not usable."""
    filters = filters_of(search)
    term_blocks = {"name_terms": planes.name_terms, "exact_terms": planes.exact_terms, "over_price": planes.over_price}
    blocks = (*filters.names, *(block for block, terms in term_blocks.items() if terms))
    values = {
        **filters.values,
        "offset": search.offset,
        "conditions": planes.conditions,
        "over_price": planes.over_price,
        "needed_params": planes.params,
        "summed": planes.summed,
        "are_disjoint": planes.are_disjoint,
        "name_conditions": [term.condition for term in planes.name_terms],
        "name_attributes": [term.attribute for term in planes.name_terms],
        "name_patterns": [term.pattern for term in planes.name_terms],
        "exact_conditions": [term.condition for term in planes.exact_terms],
        "exact_attributes": [term.attribute for term in planes.exact_terms],
        "exact_values": [term.value for term in planes.exact_terms],
    }
    return _statement("find_parts_by_planes", blocks, values)._replace(instead=find_parts_by_scan(search))


def has_needed_migration() -> Statement:
    """Return the statement that tells whether the schema serves this release."""
    return _statement("has_needed_migration", (), {"app": CATALOG, "name": needed_migration()})


def block_names(file: str) -> list[str]:
    """Return the names of the optional blocks of a file, in their order."""
    return [name for name, _ in _BLOCK.findall(_content(file))]


def _statement(file: str, blocks: tuple[str, ...], values: Mapping[str, Any], materialized: str = "") -> Statement:
    sql, names = _composed(file, blocks, materialized)
    return Statement(sql, [values[name] for name in names])


@lru_cache(_TEXTS_KEPT)
def _composed(file: str, blocks: tuple[str, ...], materialized: str) -> tuple[str, tuple[str, ...]]:
    """Return the SQL of a file with these blocks, and the names of its parameters in the order of their numbers."""
    text = _BLOCK.sub(lambda block: block[2] if block[1] in blocks else "", _content(file))
    text = text.replace(_MATERIALIZED, materialized)
    text = _COMMENT.sub("", text).rstrip(";\n")
    names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
    return _PARAMETER.sub(lambda parameter: f"${names.index(parameter[1]) + 1}", text), names


@cache
def _content(file: str) -> str:
    return files(__package__).joinpath("queries", f"{file}.sql").read_text(encoding="utf-8")
