"""Which keys of json_data get planes: those with few values that many parts have."""

from partsearch.totals.connection import TotalsConnection

ALWAYS = ("color", "is_new_part")
_MOST_KEYS = 20
_MOST_VALUES = 300
_PARTS_PER_VALUE = 10
_SAMPLE_PARTS = 20_000
_LEAST_SHARE = 0.01

# The estimate of the number of parts decides which share of the table's pages is read. Before the first ANALYZE it is
# made from the size of the table. A key whose values have few parts each gets no planes: with more parts it would have
# more values, and each of them a plane.
_FREQUENT = """
    WITH sample AS MATERIALIZED (
        SELECT attributes FROM part TABLESAMPLE SYSTEM (least(100, 100.0 * %(parts)s / greatest(%(estimate)s, 1)))
        LIMIT %(parts)s
    )
    SELECT attribute.key
    FROM sample CROSS JOIN LATERAL jsonb_each(sample.attributes) AS attribute
    WHERE jsonb_typeof(attribute.value) IN ('string', 'number', 'boolean')
        AND length(attribute.key) <= 200 AND length(attribute.value #>> '{}') <= 200
    GROUP BY attribute.key
    HAVING count(DISTINCT attribute.value) <= %(values)s
        AND count(DISTINCT attribute.value) * %(parts_per_value)s <= count(*)
        AND count(*) >= %(share)s * (SELECT count(*) FROM sample)
    ORDER BY count(*) DESC, attribute.key
    LIMIT %(keys)s
"""
_ESTIMATE = """
    SELECT CASE WHEN reltuples > 0 THEN reltuples ELSE pg_relation_size(oid) / 400 END FROM pg_class
    WHERE oid = 'part'::regclass
"""


def choose_params(connection: TotalsConnection) -> list[str]:
    """Return the keys of json_data that a sample of the parts says to track, and those that are always tracked."""
    values = {
        "estimate": connection.value(_ESTIMATE),
        "parts": _SAMPLE_PARTS,
        "values": _MOST_VALUES,
        "parts_per_value": _PARTS_PER_VALUE,
        "share": _LEAST_SHARE,
        "keys": _MOST_KEYS,
    }
    frequent = [key for (key,) in connection.rows_by_name(_FREQUENT, values)]
    return sorted({*ALWAYS, *frequent})
