"""What identifies a row: its id or its article, what lasts of it, and all of its content."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b

import orjson

from partsearch.contract.exported_list.formulas import original
from partsearch.contract.text.cell_words import EMPTY_CELLS
from partsearch.contract.text.part_numbers import normalize_number
from partsearch.price_list.columns import Field
from partsearch.price_list.layouts.layout import Layout
from partsearch.price_list.validate import RejectedRow, ValidRow
from partsearch.price_list.values import clean_text

_CHANGING_KEYS = frozenset(
    (
        "availability", "available", "count", "currency", "delivery", "description", "discount", "photo", "price_note",
        "stock_note", "video",
    )
)  # fmt: skip
"""Properties that change between issues of a list while the part stays the same."""

_ARTICLE = "article"
_LONGEST_ID = 100
_LONGEST_ARTICLE = 150
_REFERENCE = re.compile("([0-9]{1,18})@([0-9a-f]+)")


@dataclass(frozen=True, slots=True)
class RowKeys:
    """The keys of a row.

    Attributes:
        key: the id that the list gives the row; ``None`` if it gives none.
        reference: the id of the part of this catalog that the row names itself.
        article: the normalised article; empty if the row has none.
        identity: of what lasts, as hexadecimal digits.
        digest: of all content, as hexadecimal digits.
    """

    key: str | None
    reference: int | None
    article: str
    identity: str
    digest: str


def keys_of(row: ValidRow, catalog_key: str) -> RowKeys:
    """Return the keys of a row.

    Args:
        row: the row with its mark and model.
        catalog_key: of this catalog. The part of another one that a row names is an id of the list.
    """
    names = [row.mark, row.model, row.name]
    lasting = {key: value for key, value in row.json_data.items() if key not in _CHANGING_KEYS}
    reference = _part_id(row.part_reference, catalog_key)
    return RowKeys(
        _key(row, reference),
        reference,
        _article(row),
        _hash([*names, lasting]),
        _hash([*names, str(row.price), row.json_data]),
    )


def keys_of_rejected(row: RejectedRow, layout: Layout) -> Iterator[str]:
    """Yield the keys that a part of this row may have: the list has it, although the row cannot be used."""
    texts = {
        str(column.meaning): clean_text(original(row.cells[column.index]))
        for column in (layout.column(Field.ROW_ID), layout.column(_ARTICLE))
        if column and column.index < len(row.cells)
    }
    if (row_id := texts.get(Field.ROW_ID, "")) not in EMPTY_CELLS:
        yield _id_key(row_id)
    elif article := _normal_article(texts.get(_ARTICLE, "")):
        yield f"article:{article}"


def _part_id(reference: str, catalog_key: str) -> int | None:
    found = _REFERENCE.fullmatch(reference)
    return int(found[1]) if found and found[2] == catalog_key else None


def _key(row: ValidRow, reference: int | None) -> str | None:
    if reference is not None:
        return f"part:{row.part_reference}"
    row_id = row.part_reference or row.row_id
    if not row_id:
        return None
    return _id_key(row_id)


def _id_key(row_id: str) -> str:
    return f"id:{row_id}" if len(row_id) <= _LONGEST_ID else f"long id:{_hash(row_id)}"


def _article(row: ValidRow) -> str:
    article = row.json_data.get(_ARTICLE)
    return _normal_article(article) if isinstance(article, str) else ""


def _normal_article(article: str) -> str:
    normal = normalize_number(article)
    return normal if len(normal) <= _LONGEST_ARTICLE else _hash(normal)


def _hash(value: object) -> str:
    return blake2b(json_bytes(value), digest_size=16).hexdigest()


def json_bytes(value: object) -> bytes:
    """Return a value as JSON with sorted keys; its numbers may have any number of digits."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return _exact_json(value).encode()


def _exact_json(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_exact_json(key)}:{_exact_json(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_exact_json, value))}]"
    is_long = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return str(value) if is_long else orjson.dumps(value).decode()
