-- Return what find_parts.sql returns, with totals from the bit planes: what it costs hardly depends on how many match.
--
-- docs/explanation/totals.md explains the tables. composer.py removes the blocks that a search does not need, as in
-- find_parts.sql. It returns NULL if the planes are not ready, or lack a key of json_data; find_parts.sql answers then.
--
-- The parameters of the planes are subqueries: so PostgreSQL expects the same costs for all values, and plans once.
-- To run the file in psql, set its variables first, for example with: \i variables.psql
WITH matching AS NOT MATERIALIZED (
    SELECT part.id, part.price
    FROM part
    JOIN mark ON mark.id = part.mark_id
    JOIN model ON model.id = part.model_id
    -- shown: the part, its mark and its model are visible
    WHERE part.is_visible AND mark.is_visible AND model.is_visible
    -- mark_name: the mark's name contains the text
    AND mark.name_normalized LIKE :'mark_name'::text
    -- mark_name_short: the same for a text that is too short for a trigram index
    AND strpos(mark.name_normalized, :'mark_name'::text) > 0
    -- mark_list: the mark is one of these
    AND part.mark_id = ANY (:'mark_list'::bigint[])
    -- model_name: the model's name contains the text
    AND model.name_normalized LIKE :'model_name'::text
    -- model_name_short: the same for a text that is too short for a trigram index
    AND strpos(model.name_normalized, :'model_name'::text) > 0
    -- model_list: the model is one of these
    AND part.model_id = ANY (:'model_list'::bigint[])
    -- part_name: the part's name contains the text
    AND part.name_normalized LIKE :'part_name'::text
    -- part_name_short: the same for a text that is too short for a trigram index
    AND strpos(part.name_normalized, :'part_name'::text) > 0
    -- producer_country_name: the mark's country is this one
    AND mark.producer_country_name_normalized = :'producer_country_name'::text
    -- price_gte: the price is at least this
    AND part.price >= :'price_gte'::numeric
    -- price_lte: the price is at most this
    AND part.price <= :'price_lte'::numeric
    -- color: json_data.color is this text
    AND part.color = :'color'::text
    -- colors: json_data.color is one of these texts
    AND part.color = ANY (:'colors'::text[])
    -- is_new_part: json_data.is_new_part is true
    AND part.is_new_part
    -- is_used_part: json_data.is_new_part is false
    AND NOT part.is_new_part
    -- is_new_part_or_text: json_data.is_new_part is true, or the text "true"
    AND (
        part.is_new_part
        OR part.id IN (SELECT id FROM part WHERE is_visible AND attributes @> '{"is_new_part": "true"}')
    )
    -- is_used_part_or_text: json_data.is_new_part is false, or the text "false"
    AND (
        NOT part.is_new_part
        OR part.id IN (SELECT id FROM part WHERE is_visible AND attributes @> '{"is_new_part": "false"}')
    )
    -- others: json_data has these keys with these values
    AND part.attributes @> :'others'::jsonb
    -- either: json_data has these keys, each with one of two values
    AND part.attributes @@ :'either'::jsonpath
),
-- Whether the planes can answer: they are complete, they know the keys of json_data, and few parts have changed.
usable AS MATERIALIZED (
    SELECT is_ready AND ready_params @> (SELECT :'needed_params'::text[])
        AND (SELECT count(*) FROM (SELECT FROM totals_change LIMIT 20001) AS counted) <= 20000 AS is_usable
    FROM totals_state
),
-- Each condition of the search is a group of keys: a part must have one of them.
wanted AS (
    SELECT 'shown' AS condition, totals_key.id
    FROM totals_key
    WHERE attribute = 'shown' AND NOT EXISTS (SELECT FROM totals_mark_change)
        OR attribute = 'visible' AND EXISTS (SELECT FROM totals_mark_change)
    -- mark_name: the mark's name contains the text
    UNION ALL
    SELECT 'mark_name', totals_key.id
    FROM mark JOIN totals_key ON attribute = 'mark' AND value = mark.id::text
    WHERE mark.is_visible AND mark.name_normalized LIKE (SELECT :'mark_name'::text)
    -- mark_name_short: the same for a text that is too short for a trigram index
    UNION ALL
    SELECT 'mark_name', totals_key.id
    FROM mark JOIN totals_key ON attribute = 'mark' AND value = mark.id::text
    WHERE mark.is_visible AND strpos(mark.name_normalized, :'mark_name'::text) > 0
    -- mark_list: the mark is one of these
    UNION ALL
    SELECT 'mark_list', totals_key.id
    FROM totals_key WHERE attribute = 'mark' AND value = ANY ((SELECT :'mark_list'::bigint[]::text[])::text[])
    -- model_name: the model's name contains the text
    UNION ALL
    SELECT 'model_name', totals_key.id
    FROM model JOIN totals_key ON attribute = 'model' AND value = model.id::text
    WHERE model.is_visible AND model.name_normalized LIKE (SELECT :'model_name'::text)
    -- model_name_short: the same for a text that is too short for a trigram index
    UNION ALL
    SELECT 'model_name', totals_key.id
    FROM model JOIN totals_key ON attribute = 'model' AND value = model.id::text
    WHERE model.is_visible AND strpos(model.name_normalized, :'model_name'::text) > 0
    -- model_list: the model is one of these
    UNION ALL
    SELECT 'model_list', totals_key.id
    FROM totals_key WHERE attribute = 'model' AND value = ANY ((SELECT :'model_list'::bigint[]::text[])::text[])
    -- name_terms: the words and pairs of words that the text of part_name is made of
    UNION ALL
    SELECT term.condition, totals_key.id
    FROM unnest((SELECT :'name_conditions'::text[]), (SELECT :'name_attributes'::text[]), (SELECT :'name_patterns'::text[]))
        AS term (condition, attribute, pattern)
    JOIN totals_key ON totals_key.attribute IN ('word', 'pair', 'phrase')
        AND totals_key.attribute = term.attribute AND totals_key.value LIKE term.pattern
    -- producer_country_name: the mark's country is this one
    UNION ALL
    SELECT 'producer_country_name', totals_key.id
    FROM totals_key
    WHERE NOT EXISTS (SELECT FROM totals_mark_change)
        AND attribute = 'country' AND value = (SELECT :'producer_country_name'::text)
        OR EXISTS (SELECT FROM totals_mark_change)
        AND attribute = 'mark' AND value IN (
            SELECT mark.id::text FROM mark WHERE mark.producer_country_name_normalized = (SELECT :'producer_country_name'::text)
        )
    -- exact_terms: the pieces of part_name, the digits of prices, and the values of json_data
    UNION ALL
    SELECT term.condition, totals_key.id
    FROM unnest((SELECT :'exact_conditions'::text[]), (SELECT :'exact_attributes'::text[]), (SELECT :'exact_values'::text[]))
        AS term (condition, attribute, value)
    JOIN totals_key ON totals_key.attribute = term.attribute AND totals_key.value = term.value
),
hidden AS MATERIALIZED (
    SELECT array_agg(totals_key.id) AS keys
    FROM totals_key
    WHERE EXISTS (SELECT FROM totals_mark_change)
        AND (
            attribute = 'mark' AND value IN (SELECT mark.id::text FROM mark WHERE NOT mark.is_visible)
            OR attribute = 'model' AND value IN (SELECT model.id::text FROM model WHERE NOT model.is_visible)
        )
),
conditions AS MATERIALIZED (
    SELECT condition, array_agg(wanted.id) AS keys
    FROM unnest((SELECT :'conditions'::text[])) AS condition LEFT JOIN wanted USING (condition)
    GROUP BY condition
),
over_price AS MATERIALIZED (
    SELECT condition, array_agg(wanted.id) AS keys
    FROM unnest((SELECT :'over_price'::text[])) AS condition LEFT JOIN wanted USING (condition)
    GROUP BY condition
),
masks AS MATERIALIZED (
    SELECT
        layer.segment,
        layer.layer,
        CASE
            WHEN hidden_bits.bits IS NULL AND over.bits IS NULL THEN all_of.bits
            WHEN hidden_bits.bits IS NULL THEN all_of.bits & ~ over.bits
            WHEN over.bits IS NULL THEN all_of.bits & ~ hidden_bits.bits
            ELSE all_of.bits & ~ over.bits & ~ hidden_bits.bits
        END AS bits
    FROM totals_segment AS layer
    CROSS JOIN LATERAL (
        SELECT CASE WHEN bool_and(one_of.bits IS NOT NULL) THEN bit_and(one_of.bits) END AS bits
        FROM conditions
        CROSS JOIN LATERAL (
            SELECT bit_or(coalesce(plane.bits, plane.sparse_bits)) AS bits
            FROM totals_plane AS plane
            WHERE plane.segment = layer.segment AND plane.layer = layer.layer AND plane.key_id = ANY (conditions.keys)
        ) AS one_of
    ) AS all_of
    CROSS JOIN LATERAL (
        SELECT bit_or(coalesce(plane.bits, plane.sparse_bits)) AS bits
        FROM totals_plane AS plane
        WHERE plane.segment = layer.segment AND plane.layer = layer.layer
            AND plane.key_id = ANY ((SELECT keys FROM hidden)::integer[])
    ) AS hidden_bits
    CROSS JOIN LATERAL (
        SELECT CASE WHEN bool_and(one_of.bits IS NOT NULL) THEN bit_and(one_of.bits) END AS bits
        FROM over_price
        CROSS JOIN LATERAL (
            SELECT bit_or(coalesce(plane.bits, plane.sparse_bits)) AS bits
            FROM totals_plane AS plane
            WHERE plane.segment = layer.segment AND plane.layer = layer.layer AND plane.key_id = ANY (over_price.keys)
        ) AS one_of
    ) AS over
    WHERE all_of.bits IS NOT NULL AND (SELECT is_usable FROM usable)
),
-- The planes are as they were at the last fold: parts that have changed since are taken out of them and read.
changed AS MATERIALIZED (
    SELECT DISTINCT ON (part_id) part_id, price AS old_price
    FROM totals_change
    WHERE (SELECT is_usable FROM usable)
    -- What the planes have had a price, even if the part was inserted anew by the statement that removed it.
    ORDER BY part_id, price IS NULL, id
),
taken_out AS MATERIALIZED (
    SELECT changed.part_id AS id, changed.old_price AS price
    FROM changed
    JOIN masks ON masks.segment = totals_segment_of(changed.part_id)
    WHERE get_bit(masks.bits, totals_position_of(changed.part_id)) = 1
),
put_in AS MATERIALIZED (
    SELECT now.id, now.price
    FROM changed
    CROSS JOIN LATERAL (
        SELECT matching.id, matching.price FROM matching WHERE matching.id = changed.part_id OFFSET 0
    ) AS now
),
segment_counts AS MATERIALIZED (
    SELECT segment, sum(parts) AS parts
    FROM (
        SELECT masks.segment, bit_count(masks.bits) AS parts FROM masks
        UNION ALL SELECT totals_segment_of(taken_out.id), -1 FROM taken_out
        UNION ALL SELECT totals_segment_of(put_in.id), 1 FROM put_in
    ) AS counted
    GROUP BY segment
),
totals AS (
    SELECT
        (SELECT coalesce(sum(segment_counts.parts), 0) FROM segment_counts) AS count,
        trim_scale(
            (SELECT coalesce(sum(put_in.price), 0) FROM put_in)
            - (SELECT coalesce(sum(taken_out.price), 0) FROM taken_out)
            + 0.01 * (
                -- The keys 0 to 39 are the bits of the price in kopecks.
                SELECT coalesce(sum(bit_count(masks.bits & coalesce(plane.bits, plane.sparse_bits)) << plane.key_id), 0)
                FROM masks
                JOIN totals_plane AS plane ON plane.segment = masks.segment AND plane.layer = masks.layer
                    AND plane.key_id BETWEEN 0 AND 39
            )
        ) AS summ
),
-- The page: first the segments that its rows are in, then blocks of 1,000 ids, then the rows.
page_segments AS MATERIALIZED (
    SELECT segment, before
    FROM (
        SELECT segment, parts, sum(parts) OVER (ORDER BY segment) - parts AS before FROM segment_counts
    ) AS running
    WHERE parts > 0 AND before + parts > :'offset'::bigint AND before < :'offset'::bigint + 10
),
page_blocks AS MATERIALIZED (
    SELECT segment, block * 1000 AS first_position, before
    FROM (
        SELECT
            segment, block, sum(parts) AS parts,
            min(page_segments.before) + sum(sum(parts)) OVER (PARTITION BY segment ORDER BY block) - sum(parts) AS before
        FROM page_segments
        JOIN (
            SELECT masks.segment, block, bit_count(substring(masks.bits from block * 1000 + 1 for 1000)) AS parts
            FROM page_segments
            JOIN masks USING (segment)
            CROSS JOIN generate_series(0, 63) AS block
            UNION ALL
            SELECT totals_segment_of(taken_out.id), totals_position_of(taken_out.id) / 1000, -1 FROM taken_out
            UNION ALL
            SELECT totals_segment_of(put_in.id), totals_position_of(put_in.id) / 1000, 1 FROM put_in
        ) AS counted USING (segment)
        GROUP BY segment, block
    ) AS running
    WHERE parts > 0 AND before + parts > :'offset'::bigint AND before < :'offset'::bigint + 10
),
page AS (
    SELECT id
    FROM (
        SELECT totals_id_at(segment, page_blocks.first_position + place) AS id
        FROM page_blocks
        JOIN masks USING (segment)
        CROSS JOIN generate_series(0, 999) AS place
        WHERE get_bit(masks.bits, page_blocks.first_position + place) = 1
            AND totals_id_at(segment, page_blocks.first_position + place) NOT IN (SELECT part_id FROM changed)
        UNION ALL
        SELECT put_in.id
        FROM put_in
        JOIN page_blocks ON page_blocks.segment = totals_segment_of(put_in.id)
            AND page_blocks.first_position = totals_position_of(put_in.id) / 1000 * 1000
    ) AS listed
    ORDER BY id
    LIMIT 10
    OFFSET (SELECT greatest(:'offset'::bigint - min(before), 0) FROM page_blocks)
),
found AS (
    SELECT
        part.id,
        (SELECT row_to_json(shown) FROM (SELECT mark.id, mark.name, mark.producer_country_name) AS shown) AS mark,
        (SELECT row_to_json(shown) FROM (SELECT model.id, model.name) AS shown) AS model,
        part.name,
        part.json_data,
        trim_scale(part.price) AS price
    FROM page
    JOIN part ON part.id = page.id
    JOIN mark ON mark.id = part.mark_id
    JOIN model ON model.id = part.model_id
)
SELECT concat(
    '{"response":[', (SELECT string_agg(row_to_json(found)::text, ',' ORDER BY found.id) FROM found),
    '],"count":', totals.count,
    ',"summ":', totals.summ,
    '}'
)
FROM totals
JOIN usable ON usable.is_usable;
