"""Which keys of json_data get planes: those with few values that many parts have, or that words of ``q`` mean."""

from collections.abc import Collection, Mapping

from partsearch.totals.connection import TotalsConnection

ALWAYS = ("color", "is_new_part")
_MOST_KEYS = 20
_MOST_VALUES = 300
_PARTS_PER_VALUE = 10
_SAMPLE_PARTS = 20_000
_LEAST_SHARE = 0.01
_ALWAYS_MEANT = "year"
"""``q`` takes a number such as 2010 for a year, without a row of ``synonym``."""

_MOST_MEANT = 20
_FEW_VALUES = 20
"""A key that words mean gets planes with so many values, however rare it is."""

# The estimate of the number of parts decides which share of the table's pages is read. Before the first ANALYZE it is
# made from the size of the table. A key whose values have few parts each gets no planes: with more parts it would have
# more values, and each of them a plane.
_FREQUENT = """
    WITH sample AS MATERIALIZED (
        SELECT attributes FROM part TABLESAMPLE SYSTEM (least(100, 100.0 * %(parts)s / greatest(%(estimate)s, 1)))
        LIMIT %(parts)s
    )
    SELECT attribute.key, count(*) >= %(share)s * (SELECT count(*) FROM sample) AS is_frequent,
        count(DISTINCT attribute.value) * %(parts_per_value)s <= count(*)
            AND count(DISTINCT attribute.value) <= %(values)s
            OR attribute.key = ANY (%(meant)s) AND count(DISTINCT attribute.value) <= %(few_values)s AS has_few_values
    FROM sample CROSS JOIN LATERAL jsonb_each(sample.attributes) AS attribute
    WHERE jsonb_typeof(attribute.value) IN ('string', 'number', 'boolean')
        AND length(attribute.key) <= 200 AND length(attribute.value #>> '{}') <= 200
    GROUP BY attribute.key
    HAVING count(*) >= %(share)s * (SELECT count(*) FROM sample) OR attribute.key = ANY (%(meant)s)
    ORDER BY count(*) DESC, attribute.key
"""
_ESTIMATE = """
    SELECT CASE WHEN reltuples > 0 THEN reltuples ELSE pg_relation_size(oid) / 400 END FROM pg_class
    WHERE oid = 'part'::regclass
"""


_MEANT = """
    SELECT DISTINCT param.key FROM synonym CROSS JOIN LATERAL jsonb_object_keys(synonym.params) AS param (key)
    WHERE synonym.is_active
    ORDER BY param.key
    LIMIT %(most)s
"""
_EXISTING = """
    SELECT DISTINCT wanted.key
    FROM part JOIN unnest(%(keys)s::text[]) AS wanted (key) ON part.attributes ? wanted.key
    WHERE part.attributes ?| %(keys)s::text[]
"""
_ADD = """
    UPDATE totals_state
    SET tracked_params = ARRAY(SELECT unnest(tracked_params) UNION SELECT unnest(%(keys)s::text[]) ORDER BY 1),
        ready_params = ARRAY(SELECT unnest(ready_params) UNION SELECT unnest(%(keys)s::text[]) ORDER BY 1)
"""


def choose_params(connection: TotalsConnection) -> list[str]:
    """Return the keys of json_data that a sample of the parts says to track, and those that are always tracked.

    A key that words of ``q`` mean is tracked even if no part of the sample has it: without planes of the key a search
    that asks for it among others has to read what the others match.
    """
    meant = _meant_params(connection)
    sampled = _sampled_params(connection, meant)
    frequent = [key for key, (is_frequent, has_few) in sampled.items() if is_frequent and has_few][:_MOST_KEYS]
    return sorted({*ALWAYS, *frequent, *(key for key in meant if key not in sampled or sampled[key][1])})


def missing_params(connection: TotalsConnection) -> list[str]:
    """Return the keys that words of ``q`` mean and that searches cannot find in the planes."""
    ready = connection.value("SELECT ready_params FROM totals_state")
    return [key for key in _meant_params(connection) if key not in ready]


def track_unused_params(connection: TotalsConnection, keys: Collection[str], seconds: float) -> list[str]:
    """Track those of the keys that no part has: their planes are complete without building any.

    Args:
        connection: to the database.
        keys: keys of json_data.
        seconds: the time limit. Every part is read unless a sample has each of the keys.

    Returns:
        The keys that are tracked now.

    Raises:
        TotalsLockedError: another process works on the planes.
        TotalsConflictError: try again.
        DatabaseError: the database rejects it, or is out of reach.
    """
    sampled = _sampled_params(connection, keys)
    unused = [key for key in keys if key not in sampled]
    if not unused:
        return []
    # What is committed later is folded after this, with these keys.
    with connection.locked(seconds):
        existing = {key for (key,) in connection.rows_by_name(_EXISTING, {"keys": unused})}
        new = [key for key in unused if key not in existing]
        connection.run_by_name(_ADD, {"keys": new})
    return new


def _meant_params(connection: TotalsConnection) -> list[str]:
    """Return the keys that words of ``q`` mean."""
    return [_ALWAYS_MEANT, *(key for (key,) in connection.rows_by_name(_MEANT, {"most": _MOST_MEANT}))]


def _sampled_params(connection: TotalsConnection, meant: Collection[str]) -> Mapping[str, tuple[bool, bool]]:
    """Return whether keys of a sample of the parts are frequent, and whether they have few values.

    Args:
        connection: to the database.
        meant: keys that are of interest even if they are rare.
    """
    values = {
        "estimate": connection.value(_ESTIMATE),
        "parts": _SAMPLE_PARTS,
        "values": _MOST_VALUES,
        "parts_per_value": _PARTS_PER_VALUE,
        "share": _LEAST_SHARE,
        "meant": list(meant),
        "few_values": _FEW_VALUES,
    }
    rows = connection.rows_by_name(_FREQUENT, values)
    return {key: (is_frequent, has_few) for key, is_frequent, has_few in rows}
