"""Stage four: give each row the key that identifies it in later imports, and a digest of its content."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from partsearch.price_list.validate import RejectedRow, ValidRow

_CHANGING_KEYS = frozenset(("count", "currency", "discount"))
"""Properties that change between issues of a list while the part stays the same."""

_LONGEST_ROW_ID = 100


@dataclass(frozen=True)
class StagedRow:
    """A row with its key, which is unique in the list, and the digest of its content."""

    key: str
    digest: str
    row: ValidRow


@dataclass(frozen=True)
class Staged:
    """The rows, each key once, and the rows that repeat an earlier one."""

    rows: list[StagedRow]
    repeated: list[RejectedRow]


def stage(rows: Iterable[ValidRow]) -> Staged:
    """Return the rows with their keys; of rows with the same key the first is used."""
    staged: dict[str, StagedRow] = {}
    repeated = []
    seen: set[tuple[str, str]] = set()
    occurrences: Counter[str] = Counter()
    for row in rows:
        identity, digest = _identity(row), _digest(row)
        earlier = (identity, digest) in seen
        seen.add((identity, digest))
        key = identity
        if not row.row_id and not earlier:
            # Two used parts that differ only in the price are two parts: their order distinguishes them.
            occurrences[identity] += 1
            key = f"{identity}:{occurrences[identity]}"
        if earlier:
            repeated.append(RejectedRow(row.number, "repeats an earlier row"))
        elif key in staged:
            detail = f"{row.row_id}, row {staged[key].row.number}"
            repeated.append(RejectedRow(row.number, "has the id of an earlier row", detail))
        else:
            staged[key] = StagedRow(key, digest, row)
    return Staged(list(staged.values()), repeated)


def _identity(row: ValidRow) -> str:
    """Return what stays when the price changes: the id of the row in the list, else its lasting properties."""
    if row.row_id:
        is_short = len(row.row_id) <= _LONGEST_ROW_ID
        return f"id:{row.row_id}" if is_short else f"long id:{_hash(row.row_id)}"
    lasting = {key: value for key, value in row.json_data.items() if key not in _CHANGING_KEYS}
    return f"row:{_hash([row.mark, row.model, row.name, lasting])}"


def _digest(row: ValidRow) -> str:
    return _hash([row.mark, row.model, row.name, str(row.price), row.json_data])


def _hash(value: object) -> str:
    return hashlib.blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
