"""Loads the statements in ``queries/`` and numbers their parameters, as asyncpg takes them.

A file is one complete statement with the parameters as variables of psql: ``:'mark_name'``. It runs in psql as it is.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from partsearch.contract.filters import filters_of
from partsearch.contract.search import Search
from partsearch.database.schema import CATALOG, needed_migration

Statement = tuple[str, list[Any]]
"""SQL with ``$1``, ``$2``, ..., and their values."""

_BLOCK = re.compile(r"^ +-- ([a-z_]+): .*\n((?: ++(?!--).*\n)+)", re.MULTILINE)
_COMMENT = re.compile(r"^ *--.*\n", re.MULTILINE)
_PARAMETER = re.compile(r":'([a-z_]+)'")
_LATER_PAGE = "later_page"
_TEXTS_KEPT = 256
"""How many sets of filters keep their SQL. The SQL of any other set is composed for each search."""


def find_parts(search: Search) -> Statement:
    """Return the statement that answers ``search``: of the optional blocks it has those that ``search`` needs."""
    filters = filters_of(search)
    blocks = (*filters.names, _LATER_PAGE) if search.offset else filters.names
    return _statement("find_parts", blocks, {**filters.values, "offset": search.offset})


def has_needed_migration() -> Statement:
    """Return the statement that tells whether the schema serves this release."""
    return _statement("has_needed_migration", (), {"app": CATALOG, "name": needed_migration()})


def block_names(file: str) -> list[str]:
    """Return the names of the optional blocks of a file, in their order."""
    return [name for name, _ in _BLOCK.findall(_content(file))]


def _statement(file: str, blocks: tuple[str, ...], values: Mapping[str, Any]) -> Statement:
    sql, names = _composed(file, blocks)
    return sql, [values[name] for name in names]


@lru_cache(_TEXTS_KEPT)
def _composed(file: str, blocks: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the SQL of a file with these blocks, and the names of its parameters in the order of their numbers."""
    text = _BLOCK.sub(lambda block: block[2] if block[1] in blocks else "", _content(file))
    text = _COMMENT.sub("", text).rstrip(";\n")
    names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
    return _PARAMETER.sub(lambda parameter: f"${names.index(parameter[1]) + 1}", text), names


@cache
def _content(file: str) -> str:
    return files(__package__).joinpath("queries", f"{file}.sql").read_text(encoding="utf-8")
