"""The segments of the planes: those that have parts, those that are built."""

from partsearch.totals.connection import TotalsConnection

# A loose index scan: from each segment it jumps to the first part of the next one.
_OF_PARTS = """
    WITH RECURSIVE found AS (
        (SELECT totals_segment_of(part.id) AS segment FROM part ORDER BY part.id LIMIT 1)
        UNION ALL
        SELECT (
            SELECT totals_segment_of(part.id) FROM part
            WHERE part.id > totals_id_at(found.segment, 63999) ORDER BY part.id LIMIT 1
        )
        FROM found WHERE found.segment IS NOT NULL
    )
    SELECT segment FROM found WHERE segment IS NOT NULL UNION SELECT segment FROM totals_segment
"""
_BUILT = "SELECT DISTINCT segment FROM totals_segment WHERE layer = 0"


def all_segments(connection: TotalsConnection) -> list[int]:
    """Return the segments that have parts or planes, in their order."""
    return sorted(segment for (segment,) in connection.rows(_OF_PARTS))


def missing_segments(connection: TotalsConnection) -> list[int]:
    """Return the segments that no build has made, in their order: a bulk load has added layers at most."""
    built = {segment for (segment,) in connection.rows(_BUILT)}
    return [segment for segment in all_segments(connection) if segment not in built]


def is_any_built(connection: TotalsConnection) -> bool:
    """Return whether a segment has been built."""
    return bool(connection.value("SELECT EXISTS (SELECT FROM totals_segment WHERE layer = 0)"))


def build_segment(connection: TotalsConnection, segment: int) -> None:
    """Replace the planes of a segment by new ones, within ``connection.locked``."""
    connection.run("SELECT totals_rebuild_segment(%s)", segment)
