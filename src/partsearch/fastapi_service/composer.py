"""Loads the statements in ``queries/`` and numbers their parameters, as asyncpg takes them.

A file is one complete statement with the parameters as variables of psql: ``:'mark_name'``. It runs in psql as it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from partsearch.contract.exported_list.columns import ESCAPED
from partsearch.contract.filters.by_name import filters_of
from partsearch.contract.filters.typed import rank_values, starts_with, texts_filters
from partsearch.contract.filters.understood import Understood
from partsearch.contract.limits import PARTS_PER_PAGE
from partsearch.contract.request.search import Search
from partsearch.contract.request.values import SortOrder
from partsearch.contract.text.like import contains, escape_like
from partsearch.database.schema import CATALOG, needed_migration
from partsearch.totals.conditions import PlaneConditions
from partsearch.totals.ordered_pages import RankPage
from partsearch.totals.planner import prefers_to_read_once
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


_Texts = tuple[tuple[str, str], ...]
_BLOCK = re.compile(r"^ +-- ([a-z_]+): .*\n((?: ++(?!--).*\n)+)", re.MULTILINE)
_COMMENT = re.compile(r"^ *--.*\n", re.MULTILINE)
_PARAMETER = re.compile(r":'([a-z_]+(?: [0-9]+)?)'")
_ESCAPED = "E'{}'".format("".join(f"\\u{ord(character):04x}" for character in ESCAPED))
_LISTS_OF_IDS = ("mark_list", "model_list", "any_marks", "any_models", "chosen_marks", "chosen_models")
_MATERIALIZED = ":materialized"
_LIMIT = ":limit"
_TEXTS_KEPT = 256
"""How many sets of filters keep their SQL. The SQL of any other set is composed for each search."""


def find_parts_by_reading(search: Search, understood: Understood | None = None) -> Statement:
    """Return the statement that reads the matching parts in the way that is likely to take less time.

    Args:
        search: the search.
        understood: what its ``q`` means; None if it has none.
    """
    reads_once = prefers_to_read_once(search, latest_statistics.value)
    return find_few_parts(search, understood) if reads_once else find_parts_by_scan(search, understood)


def find_parts_by_scan(search: Search, understood: Understood | None = None) -> Statement:
    """Return the statement that reads the matching parts: of the optional blocks it has those that ``search`` needs."""
    return _scan(search, understood, "NOT MATERIALIZED")


def find_few_parts(search: Search, understood: Understood | None = None) -> Statement:
    """Return the statement that reads each matching part once, which is best for few."""
    return _scan(search, understood, "MATERIALIZED")


def _scan(search: Search, understood: Understood | None, materialized: str) -> Statement:
    filters = filters_of(search, understood)
    blocks = [*filters.names, *_order_blocks(search), *_names_block(search)]
    if search.offset:
        blocks.append("later_page")
    values = {**filters.values, **_page_values(search, understood)}
    limit = str(PARTS_PER_PAGE) if search.per_page == PARTS_PER_PAGE else ":'per_page'::bigint"
    return _statement("find_parts", tuple(blocks), values, ((_MATERIALIZED, materialized), (_LIMIT, limit)))


_ORDERS = {
    SortOrder.ID: (),
    SortOrder.RELEVANCE: ("by_quality", "quality_column", "created_column"),
    SortOrder.PRICE: ("by_price",),
    SortOrder.PRICE_DESCENDING: ("by_price_descending",),
    SortOrder.NEWEST: ("by_created", "created_column"),
}
"""The blocks of each order."""

_RANKS = ("first_rank", "second_rank", "third_rank")


def _order_blocks(search: Search) -> tuple[str, ...]:
    has_ranks = search.order is SortOrder.RELEVANCE and search.q is not None
    return (*(("by_rank", "rank_column") if has_ranks else ()), *_ORDERS[search.order])


def _names_block(search: Search) -> tuple[str, ...]:
    return ("names",) if search.highlight else ()


def _page_values(search: Search, understood: Understood | None) -> dict[str, Any]:
    ranks = rank_values(understood) if understood is not None else {}
    return {"offset": search.offset, "per_page": search.per_page, **ranks}


def find_parts_by_planes(search: Search, planes: PlaneConditions, understood: Understood | None = None) -> Statement:
    """Return the statement that answers ``search`` from the planes, in the order of ids.

    It returns NULL if they are not usable.
    """
    blocks = ("with_page", *_names_block(search))
    return _by_planes(search, planes, understood, blocks)._replace(instead=find_parts_by_scan(search, understood))


def count_by_planes(search: Search, planes: PlaneConditions, understood: Understood | None = None) -> Statement:
    """Return the statement for the totals alone, with the number of the matches of each rank if there are ranks.

    It returns NULL if the planes are not usable.
    """
    blocks = ("with_ranks", "rank_column") if planes.has_ranks else ()
    return _by_planes(search, planes, understood, blocks)


def _by_planes(
    search: Search, planes: PlaneConditions, understood: Understood | None, more_blocks: tuple[str, ...]
) -> Statement:
    blocks, values = _plane_values(search, planes, understood)
    return _statement("find_parts_by_planes", (*blocks, *more_blocks), values)


def _plane_values(
    search: Search, planes: PlaneConditions, understood: Understood | None
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the blocks and the values that a statement needs to combine the planes of a search."""
    filters = filters_of(search, understood)
    term_blocks = {"name_terms": planes.name_terms, "exact_terms": planes.exact_terms, "over_price": planes.over_price}
    blocks = (*filters.names, *(block for block, terms in term_blocks.items() if terms))
    values = {
        **filters.values,
        **_page_values(search, understood),
        "conditions": planes.conditions,
        "over_price": planes.over_price,
        "in_phrase": planes.in_phrase,
        "in_words": planes.in_words,
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
    return blocks, values


def find_page(search: Search, understood: Understood | None, page: RankPage) -> Statement:
    """Return the statement that finds what one rank adds to a page: the number of the parts, a colon, and the parts."""
    filters = filters_of(search, understood)
    names, values = list(filters.names), dict(filters.values)
    if page.rank == 1 and understood is not None:
        # The same as the condition of the rank, in a form that an index knows.
        first = 1 + sum(name.startswith("q_texts ") for name in names)
        for name, its_values in texts_filters([(word,) for word in understood.words], first):
            names.append(name)
            values |= its_values
    order = [block for block in _ORDERS[search.order] if block != "created_column"]
    blocks = [*names, *order, *_names_block(search)]
    if page.rank is not None:
        blocks.append(_RANKS[page.rank])
    if page.walked is not None:
        blocks.append("walk")
    values |= {**_page_values(search, understood), "before": page.before, "rows": page.rows, "walked": page.walked}
    return _statement("find_page", tuple(blocks), values)


def count_texts(texts: Iterable[str], most: int) -> Statement:
    """Return the statement for a JSON array: how many shown parts have a name with each text, up to ``most``."""
    return _statement("count_texts", (), {"patterns": list(map(contains, texts)), "most": most})


def count_pieces(pieces: Sequence[str], most: int) -> Statement:
    """Return the statement for a JSON array: how many shown parts have a name with each piece, up to ``most``.

    It returns NULL if the planes are not usable.
    """
    return _statement("count_pieces", (), {"pieces": pieces, "most": most})


def new_words(last_key: int, batch: int) -> Statement:
    """Return the statement for a JSON array of words that became known after the key ``last_key``."""
    return _statement("new_words", (), {"last_key": last_key, "batch": batch})


def running_writers() -> Statement:
    """Return the statement for a JSON array: the largest key, and the transactions that may have taken keys."""
    return _statement("running_writers", (), {})


def known_names(version: str) -> Statement:
    """Return the statement for a JSON object with the marks, models, aliases and synonyms; NULL if they are known."""
    return _statement("known_names", (), {"known_version": version})


def export_parts(search: Search, understood: Understood | None = None) -> Statement:
    """Return the statement that returns all parts that ``search`` finds, as the columns of ``ExportedPart``."""
    filters = filters_of(search, understood)
    return _statement("export_parts", filters.names, filters.values)


def export_size(search: Search, understood: Understood | None = None) -> Statement:
    """Return the statement with what ``check_fits`` asks about the parts that ``export_parts`` returns."""
    parts = export_parts(search, understood)
    # An escaped character is six.
    characters = f"length(json_data) * 6 - length(translate(json_data, {_ESCAPED}, '')) * 5"
    sizes = f"count(*), max({characters}), sum({characters})"
    return parts._replace(sql=f"SELECT {sizes} FROM ({parts.sql}) AS exported")  # noqa: S608  # our own SQL


def count_facets(blocks: tuple[str, ...], values: Mapping[str, Any], *, reads_once: bool) -> Statement:
    """Return the statement that counts facets by reading the parts.

    Args:
        blocks: the names of the blocks of filters and facets.
        values: their values.
        reads_once: each matching part is read once for all facets, which is best for few.
    """
    materialized = "MATERIALIZED" if reads_once else "NOT MATERIALIZED"
    return _statement("count_facets", blocks, values, ((_MATERIALIZED, materialized),))


def count_facets_by_planes(
    search: Search,
    planes: PlaneConditions,
    understood: Understood | None,
    blocks: Sequence[str],
    values: Mapping[str, Any],
) -> Statement:
    """Return the statement that counts facets from the planes of a search. It returns NULL if they are not usable."""
    plane_blocks, plane_values = _plane_values(search, planes, understood)
    return _statement("count_facets_by_planes", (*plane_blocks, *blocks), {**plane_values, **values})


def suggested_names(patterns: Sequence[tuple[str, str]], most: int) -> Statement:
    """Return the statement for a JSON array of the keys that match patterns: attribute and value, ``most`` of each."""
    values = {
        "name_attributes": [attribute for attribute, _ in patterns],
        "name_patterns": [pattern for _, pattern in patterns],
        "most": most,
    }
    return _statement("suggested_names", (), values)


def suggested_numbers(start: str, most: int) -> Statement:
    """Return the statement for a JSON array of the part numbers of shown parts that start with a text."""
    values = {"number_start": f"{escape_like(start)}%", "any_numbers": starts_with((start,)), "most": most}
    return _statement("suggested_numbers", (), values)


def marks_of_models(ids: Sequence[int]) -> Statement:
    """Return the statement for a JSON array of visible models: id, id of the mark, and names of mark and model."""
    return _statement("marks_of_models", (), {"model_list": ids})


def part(part_id: int) -> Statement:
    """Return the statement that returns one shown part with its times."""
    return _statement("part", (), {"part_id": part_id})


def has_needed_migration() -> Statement:
    """Return the statement that tells whether the schema serves this release."""
    return _statement("has_needed_migration", (), {"app": CATALOG, "name": needed_migration()})


def block_names(file: str) -> list[str]:
    """Return the names of the optional blocks of a file, in their order."""
    return [name for name, _ in _BLOCK.findall(_content(file))]


def _statement(file: str, blocks: tuple[str, ...], values: Mapping[str, Any], texts: _Texts = ()) -> Statement:
    sql, names = _composed(file, blocks, texts)
    return Statement(sql, [_parameter(name, values[name]) for name in names])


def _parameter(name: str, value: Any) -> Any:
    """Return a value as the driver takes it: ids as texts. Of bigint[] it would ask the database in each connection."""
    return [str(id_) for id_ in value] if name.partition(" ")[0] in _LISTS_OF_IDS else value


@lru_cache(_TEXTS_KEPT)
def _composed(file: str, blocks: tuple[str, ...], texts: _Texts) -> tuple[str, tuple[str, ...]]:
    """Return the SQL of a file with these blocks, and the names of its parameters in the order of their numbers.

    Args:
        file: the name of the file.
        blocks: the names of the blocks.
        texts: pieces of SQL in the place of variables without quotes.
    """
    text = _BLOCK.sub(lambda block: "".join(_copies(block[1], block[2], blocks)), _content(file))
    for variable, sql in texts:
        text = text.replace(variable, sql)
    text = _COMMENT.sub("", text).rstrip(";\n")
    names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
    return _PARAMETER.sub(lambda parameter: f"${names.index(parameter[1]) + 1}", text), names


def _copies(name: str, sql: str, blocks: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a block as often as it is needed: each copy with a number has parameters with that number."""
    for block in blocks:
        if block == name:
            yield sql
        elif block.startswith(f"{name} "):
            yield _PARAMETER.sub(rf":'\1{block.removeprefix(name)}'", sql)


@cache
def _content(file: str) -> str:
    return files(__package__).joinpath("queries", f"{file}.sql").read_text(encoding="utf-8")
