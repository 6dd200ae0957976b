"""SQL from the files in ``queries/``, with the blocks that a search needs and its values beside it.

Only predicates that are given go into the statement. A statement that held all of them, each behind
``... IS NULL OR ...``, would have to be planned for the worst of them.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from partsearch.contract.filters import filters_of
from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.search import Search
from partsearch.database.schema import CATALOG, needed_migration

_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")
_COMMENT = re.compile(r"^--.*$", re.MULTILINE)
_BLOCK = re.compile(r"^-- ([a-z_]+)[^\n]*\n(.*?)(?=^-- |\Z)", re.MULTILINE | re.DOTALL)

_FIRST_PAGE = f"LIMIT {PARTS_PER_PAGE}"
_LATER_PAGE = f"{_FIRST_PAGE} OFFSET :offset"

Statement = tuple[str, list[Any]]
"""SQL with ``$1``, ``$2``, ..., and the values they stand for."""


def find_parts(search: Search) -> Statement:
    """The statement that answers ``search`` whole."""
    filters = filters_of(search)
    limit = _LATER_PAGE if search.offset else _FIRST_PAGE
    return _statement(_find_parts_text(filters.names, limit), {**filters.values, "offset": search.offset})


def has_needed_migration() -> Statement:
    """The statement that tells whether the schema serves this release."""
    return _statement(_file("has_needed_migration"), {"app": CATALOG, "name": needed_migration()})


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath("queries", f"{name}.sql").read_text(encoding="utf-8")


@cache
def _blocks() -> dict[str, str]:
    return {name: text.strip() for name, text in _BLOCK.findall(_file("matching"))}


@cache
def _find_parts_text(filters: tuple[str, ...], limit: str) -> str:
    matching = "\n    ".join(_blocks()[name] for name in filters)
    return _COMMENT.sub("", _file("find_parts")).strip().replace("{matching}", matching).replace("{limit}", limit)


def _statement(text: str, values: Mapping[str, Any]) -> Statement:
    """``text`` with numbers for the names of its parameters; a name that comes twice is one parameter."""
    sql, names = _numbered(text)
    return sql, [values[name] for name in names]


@cache
def _numbered(text: str) -> tuple[str, tuple[str, ...]]:
    names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
    numbers = {name: f"${position}" for position, name in enumerate(names, start=1)}
    return _PARAMETER.sub(lambda match: numbers[match[1]], text), names
