"""Loads the statements in ``queries/`` and numbers their parameters, as asyncpg takes them.

A file is one complete statement with the parameters as variables of psql: ``:'mark_name'``. It runs in psql as it is.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from partsearch.contract.exported_list.columns import ESCAPED
from partsearch.contract.filters import filters_of
from partsearch.contract.search import Search
from partsearch.database.schema import CATALOG, needed_migration
from partsearch.totals.conditions import PlaneConditions
from partsearch.totals.planner import preferred_planes, prefers_to_read_once
from partsearch.totals.statistics import latest_statistics


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
_ESCAPED = "E'{}'".format("".join(f"\\u{ord(character):04x}" for character in ESCAPED))
_LISTS_OF_IDS = ("mark_list", "model_list")
_MATERIALIZED = ":materialized"
_TEXTS_KEPT = 256
"""How many sets of filters keep their SQL. The SQL of any other set is composed for each search."""


def find_parts(search: Search) -> Statement:
    """Return the statement that answers ``search``: from the planes, if that is likely to take less time."""
    planes = preferred_planes(search)
    if planes is not None:
        return find_parts_by_planes(search, planes)
    reads_once = prefers_to_read_once(search, latest_statistics.value)
    return find_few_parts(search) if reads_once else find_parts_by_scan(search)


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
        "last_digit_key": planes.last_digit_key,
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


def export_parts(search: Search) -> Statement:
    """Return the statement that returns all parts that ``search`` finds, as the columns of ``ExportedPart``."""
    filters = filters_of(search)
    return _statement("export_parts", filters.names, filters.values)


def export_size(search: Search) -> Statement:
    """Return the statement with what ``check_fits`` asks about the parts that ``export_parts`` returns."""
    parts = export_parts(search)
    # An escaped character is six.
    characters = f"length(json_data) * 6 - length(translate(json_data, {_ESCAPED}, '')) * 5"
    sizes = f"count(*), max({characters}), sum({characters})"
    return parts._replace(sql=f"SELECT {sizes} FROM ({parts.sql}) AS exported")  # noqa: S608  # our own SQL


def has_needed_migration() -> Statement:
    """Return the statement that tells whether the schema serves this release."""
    return _statement("has_needed_migration", (), {"app": CATALOG, "name": needed_migration()})


def block_names(file: str) -> list[str]:
    """Return the names of the optional blocks of a file, in their order."""
    return [name for name, _ in _BLOCK.findall(_content(file))]


def _statement(file: str, blocks: tuple[str, ...], values: Mapping[str, Any], materialized: str = "") -> Statement:
    sql, names = _composed(file, blocks, materialized)
    return Statement(sql, [_parameter(name, values[name]) for name in names])


def _parameter(name: str, value: Any) -> Any:
    """Return a value as the driver takes it: ids as texts. Of bigint[] it would ask the database in each connection."""
    return [str(id_) for id_ in value] if name in _LISTS_OF_IDS else value


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
