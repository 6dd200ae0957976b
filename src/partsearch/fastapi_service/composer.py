"""SQL from the files in ``queries/``, with the blocks that a search needs and its values beside it.

Only predicates that are given go into the statement. A statement that held all of them, each behind
``... IS NULL OR ...``, would have to be planned for the worst of them.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.params import split_params
from partsearch.contract.search import Search
from partsearch.contract.text import has_trigram, normalize
from partsearch.database.readiness import CATALOG, needed_migration

_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")
_COMMENT = re.compile(r"^--.*$", re.MULTILINE)
_BLOCK = re.compile(r"^-- ([a-z_]+)[^\n]*\n(.*?)(?=^-- |\Z)", re.MULTILINE | re.DOTALL)
_LIKE_SPECIAL = re.compile(r"([\\%_])")

_FIRST_PAGE = f"LIMIT {PARTS_PER_PAGE}"
_LATER_PAGE = f"{_FIRST_PAGE} OFFSET :offset"

Statement = tuple[str, list[Any]]
"""SQL with ``$1``, ``$2``, ..., and the values they stand for."""


def find_parts(search: Search) -> Statement:
    """The statement that answers ``search`` whole."""
    blocks, values = _matching(search)
    limit = _LATER_PAGE if search.offset else _FIRST_PAGE
    return _statement(_find_parts_text(tuple(blocks), limit), {**values, "offset": search.offset})


def has_needed_migration() -> Statement:
    """The statement that tells whether the schema serves this release."""
    return _statement(_file("has_needed_migration"), {"app": CATALOG, "name": needed_migration()})


def _matching(search: Search) -> tuple[list[str], dict[str, Any]]:
    """The names of the blocks of ``matching.sql`` that ``search`` needs, and the values in them."""
    values: dict[str, Any] = {}
    blocks = ["shown"]
    for name in ("mark_name", "model_name", "part_name"):
        text = getattr(search, name)
        if text is not None:
            blocks.append(_contains(name, normalize(text), values))
    if search.producer_country_name is not None:
        values["producer_country_name"] = normalize(search.producer_country_name)
    params = split_params(search.params)
    if params.is_new_part is not None:
        blocks.append("is_new_part" if params.is_new_part else "is_used_part")
    plain = {
        "mark_list": search.mark_list,
        "model_list": search.model_list,
        "price_gte": search.price_gte,
        "price_lte": search.price_lte,
        "color": params.color,
        "others": params.others,
    }
    values |= {name: value for name, value in plain.items() if value is not None}
    return blocks + [name for name in values if name in _blocks() and name not in _TEXTS], values


_TEXTS = ("mark_name", "model_name", "part_name")


def _contains(name: str, text: str, values: dict[str, Any]) -> str:
    """The block that looks for ``text``: by its trigram index where one can help, by plain comparison where not."""
    if has_trigram(text):
        values[name] = "%" + _LIKE_SPECIAL.sub(r"\\\1", text) + "%"
        return name
    values[name] = text
    return f"{name}_short"


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath("queries", f"{name}.sql").read_text(encoding="utf-8")


@cache
def _blocks() -> dict[str, str]:
    return {name: text.strip() for name, text in _BLOCK.findall(_file("matching"))}


@cache
def _find_parts_text(blocks: tuple[str, ...], limit: str) -> str:
    matching = "\n    ".join(_blocks()[block] for block in blocks)
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
