"""Folding in the transaction that has changed the parts: others see them changed and folded at once.

The transaction holds the locks of these parts' rows, and the lock of ``totals_state`` that a fold takes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from partsearch.totals.fold import MOST_PARTS

Execute = Callable[[str, Mapping[str, Any]], None]

_FOLD_FEW = "SELECT totals_apply(%(ids)s::bigint[])"

# Many parts of a segment leave its planes, and get planes of their own, a layer: they are built several times as fast.
_FORGET_SUMS = "SELECT totals_forget_sums(ARRAY[%(segment)s]::bigint[])"
_LEAVE_LAYERS = """
    WITH leaving AS MATERIALIZED (
        SELECT totals_bits(totals_position_of(part_id), 1) AS bits FROM unnest(%(ids)s::bigint[]) AS part_id
    )
    UPDATE totals_plane SET
        bits = CASE WHEN bit_count(remaining.bits) > 640 THEN remaining.bits END,
        sparse_bits = CASE WHEN bit_count(remaining.bits) <= 640 THEN remaining.bits END
    FROM (
        SELECT plane.layer, plane.key_id, coalesce(plane.bits, plane.sparse_bits) & ~ leaving.bits AS bits
        FROM totals_plane AS plane CROSS JOIN leaving
        WHERE plane.segment = %(segment)s
            AND bit_count(coalesce(plane.bits, plane.sparse_bits) & leaving.bits) > 0
    ) AS remaining
    WHERE totals_plane.segment = %(segment)s
        AND totals_plane.layer = remaining.layer AND totals_plane.key_id = remaining.key_id
"""
_BUILD_LAYER = "SELECT totals_build(%(segment)s, nextval('totals_layer'), %(ids)s::bigint[])"


def fold_segment(execute: Execute, segment: int, ids: Sequence[int]) -> None:
    """Bring changed parts of one segment into its planes. Their rows in ``totals_change`` are the caller's to delete.

    Args:
        execute: runs a statement with its values in the transaction.
        segment: the segment.
        ids: the parts, new and hidden ones too.

    Raises:
        DatabaseError: the database rejects it, or is out of reach.
    """
    values = {"segment": segment, "ids": list(ids)}
    many = (_FORGET_SUMS, _LEAVE_LAYERS, _BUILD_LAYER)
    for statement in (_FOLD_FEW,) if len(ids) < MOST_PARTS else many:
        execute(statement, values)
