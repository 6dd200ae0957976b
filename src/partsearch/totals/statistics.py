"""How frequent keys are, from a sample of segments. The planner uses it; no answer depends on it."""

import json
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from partsearch.system.atomic_file import replace_file

STATISTICS_SQL = """
    WITH sample AS MATERIALIZED (
        SELECT segment, layer FROM totals_segment ORDER BY hashint8(segment), layer LIMIT 4
    ), counted AS MATERIALIZED (
        SELECT plane.key_id, sum(bit_count(coalesce(plane.bits, plane.sparse_bits)))::bigint AS parts
        FROM sample
        JOIN totals_plane AS plane USING (segment, layer)
        GROUP BY plane.key_id
        HAVING sum(bit_count(coalesce(plane.bits, plane.sparse_bits))) >= (SELECT count(*) FROM sample) * 4
    ), frequent AS MATERIALIZED (
        SELECT key.attribute, key.value, counted.parts
        FROM counted JOIN totals_key AS key ON key.id = counted.key_id
        WHERE key.attribute NOT IN ('phrase', 'visible')
    )
    SELECT
        attribute, value, parts, (SELECT count(*) FROM totals_segment), (SELECT count(*) FROM sample),
        (SELECT count(*) FROM totals_segment WHERE is_summed)
    FROM frequent
    UNION ALL
    SELECT 'mark_name', mark.name_normalized, frequent.parts, 0, 0, 0
    FROM frequent JOIN mark ON mark.id::text = frequent.value WHERE frequent.attribute = 'mark'
    UNION ALL
    SELECT 'model_name', model.name_normalized, frequent.parts, 0, 0, 0
    FROM frequent JOIN model ON model.id::text = frequent.value WHERE frequent.attribute = 'model'
"""
"""Returns attribute, value, parts in the sample, numbers of layers, of sampled and of summed ones; no rare keys."""


@dataclass(frozen=True)
class Statistics:
    """Frequencies of keys.

    Attributes:
        parts: about how many parts the catalog has.
        layers: how many layers its planes have.
        summed_layers: how many of them have sums.
        shares: the share of the parts that have a key, by attribute and value.
        rare_share: an upper bound of the share of a key that is not in ``shares``.
    """

    parts: int
    layers: int
    shares: Mapping[str, Mapping[str, float]] = field(hash=False)
    rare_share: float
    summed_layers: int = 0

    @cached_property
    def name_shares(self) -> Mapping[str, float]:
        """The share of the parts whose name has a frequent word, or two frequent neighbours with a space between."""
        return {**self.shares.get("pair", {}), **self.shares.get("word", {})}

    def share(self, attribute: str, values: Iterable[str]) -> float:
        """Return about which share of the parts has one of the keys."""
        shares = self.shares.get(attribute, {})
        return min(sum(shares.get(value, self.rare_share) for value in values), 1.0)


def read_statistics(rows: Iterable[Sequence[Any]]) -> Statistics:
    """Return the statistics from the rows of ``STATISTICS_SQL``."""
    counts: dict[str, dict[str, int]] = {}
    layers = sampled = summed = 0
    for attribute, value, parts, all_layers, sampled_layers, summed_layers in rows:
        values = counts.setdefault(attribute, {})
        values[value] = values.get(value, 0) + parts
        layers, sampled, summed = max(layers, all_layers), max(sampled, sampled_layers), max(summed, summed_layers)
    present = sum(counts.get("present", {}).values())
    if not present:
        return Statistics(0, layers, {}, 0.0)
    shares = {
        attribute: {value: parts / present for value, parts in values.items()} for attribute, values in counts.items()
    }
    return Statistics(present * layers // sampled, layers, shares, 4 * sampled / present, summed)


class LatestStatistics:
    """The statistics that the processes of a home share: one of them reads the database and writes a file.

    Attributes:
        value: what this process knows; None before.
    """

    def __init__(self) -> None:
        self.value: Statistics | None = None
        self._modified = 0

    def refresh(self, path: Path) -> float:
        """Take what the file has, if it is new; return how many seconds ago it was written, infinity if never."""
        try:
            written = path.stat()
            if written.st_mtime_ns != self._modified:
                self.value = read_statistics(json.loads(path.read_bytes()))
                self._modified = written.st_mtime_ns
        except (OSError, ValueError):
            return math.inf
        return time.time() - written.st_mtime


latest_statistics = LatestStatistics()


def write_statistics(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Write the rows of ``STATISTICS_SQL`` for ``LatestStatistics.refresh``.

    Raises:
        OSError: the file cannot be written.
    """
    replace_file(path, json.dumps(list(rows), ensure_ascii=False))


@lru_cache(1024)
def text_share(statistics: Statistics, attribute: str, text: str) -> tuple[int, float]:
    """Return how many frequent keys contain ``text``, and about which share of the parts has one of them."""
    found = [share for value, share in statistics.shares.get(attribute, {}).items() if text in value]
    return len(found), min(sum(found) + statistics.rare_share, 1.0)
