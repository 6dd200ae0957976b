"""Recomputing the planes of each segment and comparing them with those that searches read.

A segment is recomputed into temporary tables, in a transaction that is rolled back: nothing of it stays on the disk.
"""

from collections.abc import Callable
from dataclasses import dataclass

from partsearch.totals.connection import TotalsConnection
from partsearch.totals.errors import TotalsConflictError
from partsearch.totals.rebuild import BUILD_SECONDS
from partsearch.totals.segments import all_segments

_LOCK_SECONDS = 60.0
_ATTEMPTS = 10
_SCRATCH_LAYER = -1

# PostgreSQL looks for a table among the temporary ones first, so totals_build writes into these.
_SCRATCH_TABLES = """
    CREATE TEMPORARY TABLE totals_plane (LIKE {schema}.totals_plane INCLUDING STORAGE) ON COMMIT DROP;
    CREATE TEMPORARY TABLE totals_segment (LIKE {schema}.totals_segment INCLUDING DEFAULTS) ON COMMIT DROP
"""
# Parts that have changed since the last fold are taken out of both sides, as a search does. While a change of a mark or
# a model waits, no search reads the planes that depend on those. The sum of the bits of all layers finds a part that is
# in two of them.
_DIFFERENCES = """
    WITH state AS MATERIALIZED (
        SELECT ready_params, EXISTS (SELECT FROM totals_mark_change) AS has_mark_changes FROM totals_state
    ), changed AS MATERIALIZED (
        SELECT coalesce(totals_bits(position, 1), totals_no_bits()::bit(64000)) AS changed_bits
        FROM (
            SELECT DISTINCT totals_position_of(part_id) AS position FROM totals_change
            WHERE totals_segment_of(part_id) = %(segment)s
        ) AS of_segment
    ), plane AS (
        SELECT 'recomputed' AS side, key_id, coalesce(bits, sparse_bits) & ~ changed_bits AS bits
        FROM pg_temp.totals_plane CROSS JOIN changed
        UNION ALL
        SELECT 'stored', key_id, coalesce(bits, sparse_bits) & ~ changed_bits
        FROM {schema}.totals_plane JOIN {schema}.totals_segment USING (segment, layer) CROSS JOIN changed
        WHERE segment = %(segment)s
    ), compared AS (
        SELECT
            key_id,
            coalesce(bit_or(bits) FILTER (WHERE side = 'recomputed'), totals_no_bits()) AS recomputed,
            coalesce(bit_or(bits) FILTER (WHERE side = 'stored'), totals_no_bits()) AS stored,
            coalesce(sum(bit_count(bits)) FILTER (WHERE side = 'stored'), 0) AS stored_bits
        FROM plane GROUP BY key_id
    )
    SELECT totals_key.attribute || ' ' || totals_key.value
    FROM compared LEFT JOIN totals_key ON totals_key.id = key_id, state
    WHERE (recomputed <> stored OR bit_count(recomputed) <> stored_bits)
        AND NOT (has_mark_changes AND coalesce(attribute, '') IN ('shown', 'country'))
        AND CASE WHEN attribute = 'param'
            THEN substr(value, strpos(value, ':') + 1, split_part(value, ':', 1)::integer) = ANY (ready_params)
            ELSE true
        END
    ORDER BY 1
"""


_SUM_DIFFERENCES = """
    SELECT 'sum of ' || totals_key.attribute || ' ' || totals_key.value
    FROM totals_segment AS summed
    CROSS JOIN LATERAL (
        SELECT key_id
        FROM (
            SELECT key_id, parts, kopecks FROM totals_sum WHERE segment = summed.segment AND layer = summed.layer
        ) AS stored
        FULL JOIN totals_sums_of(summed.segment, summed.layer) AS recomputed USING (key_id, parts, kopecks)
        WHERE stored IS NULL OR recomputed IS NULL
    ) AS difference
    LEFT JOIN totals_key ON totals_key.id = difference.key_id
    WHERE summed.segment = %s AND summed.is_summed
    ORDER BY 1
"""


@dataclass(frozen=True)
class SegmentDifference:
    """A segment whose planes are not those of its parts, and the keys of the planes that differ."""

    segment: int
    keys: list[str]


@dataclass(frozen=True)
class Verification:
    """The result of a comparison.

    Attributes:
        is_ready: whether the planes are built; if not, nothing was compared.
        segments: the number of segments.
        differences: those that differ.
    """

    is_ready: bool
    segments: int
    differences: list[SegmentDifference]


def verify(connection: TotalsConnection, advance: Callable[[int, int], None]) -> Verification:
    """Compare the planes of every segment with its parts.

    Args:
        connection: has no open transaction.
        advance: gets the number of segments that are done, and that of all.

    Raises:
        DatabaseError: the database rejects it, or is out of reach.
    """
    segments = all_segments(connection)
    if not connection.value("SELECT is_ready FROM totals_state"):
        return Verification(is_ready=False, segments=len(segments), differences=[])
    differences = []
    for done, segment in enumerate(segments):
        advance(done, len(segments))
        keys = _differing_keys(connection, segment)
        if keys:
            differences.append(SegmentDifference(segment, keys))
    advance(len(segments), len(segments))
    return Verification(is_ready=True, segments=len(segments), differences=differences)


def _differing_keys(connection: TotalsConnection, segment: int) -> list[str]:
    for attempt in range(_ATTEMPTS):
        try:
            return _compare(connection, segment)
        except TotalsConflictError:
            if attempt == _ATTEMPTS - 1:
                raise
    return []


def _compare(connection: TotalsConnection, segment: int) -> list[str]:
    keys: list[str] = []
    with connection.locked(BUILD_SECONDS, _LOCK_SECONDS):
        if not connection.value("SELECT is_ready FROM totals_state"):
            return []  # a copy has replaced the parts meanwhile
        schema = connection.value("SELECT quote_ident(current_schema())")
        of_sums = connection.rows(_SUM_DIFFERENCES, segment)
        connection.run(_SCRATCH_TABLES.format(schema=schema))
        connection.run("SELECT totals_build(%s, %s)", segment, _SCRATCH_LAYER)
        rows = connection.rows_by_name(_DIFFERENCES.format(schema=schema), {"segment": segment})
        keys = [key or "a key that does not exist" for (key,) in (*rows, *of_sums)]
        raise connection.rolled_back()
    return keys
