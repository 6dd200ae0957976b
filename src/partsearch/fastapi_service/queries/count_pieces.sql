-- Return a JSON array: how many shown parts have a name with each piece of one or two letters, counted up to a number.
--
-- No index of names finds them. They come from the bit planes of the totals; docs/explanation/totals.md explains the tables.
-- It returns NULL if the planes are not ready.
--
-- The parameters are subqueries: so PostgreSQL expects the same costs for all values, and plans once.
-- To run the file in psql, set its variables first, for example with: \i variables.psql
WITH usable AS MATERIALIZED (
    SELECT is_ready AND (SELECT count(*) FROM (SELECT FROM totals_change LIMIT 20001) AS counted) <= 20000 AS is_usable
    FROM totals_state
),
wanted AS MATERIALIZED (
    SELECT
        given.number,
        given.piece,
        (SELECT id FROM totals_key WHERE attribute = 'piece' AND value = given.piece) AS key_id
    FROM unnest((SELECT :'pieces'::text[])) WITH ORDINALITY AS given (piece, number)
),
marks_changed AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM totals_mark_change) AS are_changed
),
hidden AS MATERIALIZED (
    SELECT array_agg(totals_key.id) AS keys
    FROM totals_key
    WHERE (SELECT are_changed FROM marks_changed)
        AND (
            attribute = 'mark' AND value IN (SELECT mark.id::text FROM mark WHERE NOT mark.is_visible)
            OR attribute = 'model' AND value IN (SELECT model.id::text FROM model WHERE NOT model.is_visible)
        )
),
shown_key AS MATERIALIZED (
    SELECT id
    FROM totals_key
    WHERE attribute = CASE WHEN (SELECT are_changed FROM marks_changed) THEN 'visible' ELSE 'shown' END
),
-- The planes are as they were at the last fold: parts that have changed since are taken out of them and read.
changed AS MATERIALIZED (
    SELECT DISTINCT part_id FROM totals_change WHERE (SELECT is_usable FROM usable)
),
changed_bits AS MATERIALIZED (
    SELECT totals_segment_of(part_id) AS segment, totals_bits(totals_position_of(part_id), 1) AS bits
    FROM changed
    GROUP BY totals_segment_of(part_id)
),
changed_name AS MATERIALIZED (
    SELECT (
        SELECT part.name_normalized
        FROM part
        JOIN mark ON mark.id = part.mark_id
        JOIN model ON model.id = part.model_id
        WHERE part.id = changed.part_id AND part.is_visible AND mark.is_visible AND model.is_visible
    ) AS name_normalized
    FROM changed
),
-- The shown parts of each layer that have not changed.
layers AS MATERIALIZED (
    SELECT
        layer.segment,
        layer.layer,
        shown.bits
        & ~ coalesce(changed_bits.bits, totals_no_bits())
        & ~ coalesce(hidden_bits.bits, totals_no_bits()) AS bits
    FROM totals_segment AS layer
    CROSS JOIN LATERAL (
        SELECT coalesce(plane.bits, plane.sparse_bits) AS bits
        FROM totals_plane AS plane
        WHERE plane.segment = layer.segment AND plane.layer = layer.layer AND plane.key_id = (SELECT id FROM shown_key)
    ) AS shown
    CROSS JOIN LATERAL (
        SELECT bit_or(coalesce(plane.bits, plane.sparse_bits)) AS bits
        FROM totals_plane AS plane
        WHERE plane.segment = layer.segment AND plane.layer = layer.layer
            AND plane.key_id = ANY ((SELECT keys FROM hidden)::integer[])
    ) AS hidden_bits
    LEFT JOIN changed_bits ON changed_bits.segment = layer.segment
    WHERE (SELECT is_usable FROM usable)
)
SELECT json_agg(
    least(
        (
            SELECT coalesce(
                sum(
                    bit_count(
                        layers.bits & (
                            SELECT coalesce(plane.bits, plane.sparse_bits)
                            FROM totals_plane AS plane
                            WHERE plane.segment = layers.segment AND plane.layer = layers.layer
                                AND plane.key_id = wanted.key_id
                        )
                    )
                ),
                0
            )
            FROM layers
        ) + (SELECT count(*) FROM changed_name WHERE strpos(changed_name.name_normalized, wanted.piece) > 0),
        (SELECT :'most'::bigint)
    )
    ORDER BY wanted.number
)
FROM wanted
JOIN usable ON usable.is_usable;
