-- Return what count_facets.sql returns for the marks, countries, conditions and prices, from the bit planes.
--
-- The masks are those of find_parts_by_planes.sql: a value has as many parts as the mask and its plane share bits. It returns
-- NULL if the planes are not ready, or lack a key of json_data; count_facets.sql answers then.
-- To run the file in psql, set its variables first, for example with: \i variables.psql
WITH matching AS NOT MATERIALIZED (
    SELECT
        part.id,
        part.mark_id,
        part.price,
        part.is_new_part
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
    AND part.mark_id = ANY (:'mark_list'::text[]::bigint[])
    -- model_name: the model's name contains the text
    AND model.name_normalized LIKE :'model_name'::text
    -- model_name_short: the same for a text that is too short for a trigram index
    AND strpos(model.name_normalized, :'model_name'::text) > 0
    -- model_list: the model is one of these
    AND part.model_id = ANY (:'model_list'::text[]::bigint[])
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
    -- q_texts: the name contains one of the texts of a group of q
    AND part.name_normalized LIKE ANY (:'q_texts'::text[])
    -- q_any: the part has one of the texts, marks, models or params of a group of q
    AND (
        part.name_normalized LIKE ANY (:'any_texts'::text[])
        OR part.mark_id = ANY (:'any_marks'::text[]::bigint[])
        OR part.model_id = ANY (:'any_models'::text[]::bigint[])
        OR part.attributes @> ANY (:'any_params'::text[]::jsonb[])
    )
    -- q_numbers: the same for a group that has part numbers too: one of the part's numbers starts with one of them
    AND (
        part.name_normalized LIKE ANY (:'any_texts'::text[])
        OR part.mark_id = ANY (:'any_marks'::text[]::bigint[])
        OR part.model_id = ANY (:'any_models'::text[]::bigint[])
        OR part.attributes @> ANY (:'any_params'::text[]::jsonb[])
        OR partsearch_number_starts(part.json_data) @@ :'any_numbers'::tsquery
    )
    -- q_nothing: nothing of q is understood
    AND false
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
    FROM totals_key WHERE attribute = 'mark' AND value = ANY ((SELECT :'mark_list'::text[])::text[])
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
    FROM totals_key WHERE attribute = 'model' AND value = ANY ((SELECT :'model_list'::text[])::text[])
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
-- The planes are as they were at the last fold: parts that have changed since are taken out of them and read.
changed AS MATERIALIZED (
    SELECT DISTINCT part_id FROM totals_change WHERE (SELECT is_usable FROM usable)
),
changed_bits AS MATERIALIZED (
    SELECT totals_segment_of(part_id) AS segment, totals_bits(totals_position_of(part_id), 1) AS bits
    FROM changed
    GROUP BY totals_segment_of(part_id)
),
changed_matches AS MATERIALIZED (
    SELECT totals_segment_of(now.id) AS segment, totals_position_of(now.id) AS position, now.*
    FROM changed
    CROSS JOIN LATERAL (
        SELECT matching.* FROM matching WHERE matching.id = changed.part_id OFFSET 0
    ) AS now
),
masks AS MATERIALIZED (
    SELECT
        layer.segment,
        layer.layer,
        CASE WHEN left_out.bits IS NULL THEN all_of.bits ELSE all_of.bits & ~ left_out.bits END AS bits
    FROM (
        SELECT segment, layer
        FROM totals_segment
        WHERE (SELECT is_usable FROM usable)
        OFFSET 0
    ) AS layer
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
        SELECT bit_or(each.bits) AS bits
        FROM (
            SELECT changed_bits.bits FROM changed_bits WHERE changed_bits.segment = layer.segment
            -- over_price: the parts whose price is over the bound
            UNION ALL
            SELECT CASE WHEN bool_and(one_of.bits IS NOT NULL) THEN bit_and(one_of.bits) END
            FROM over_price
            CROSS JOIN LATERAL (
                SELECT bit_or(coalesce(plane.bits, plane.sparse_bits)) AS bits
                FROM totals_plane AS plane
                WHERE plane.segment = layer.segment AND plane.layer = layer.layer AND plane.key_id = ANY (over_price.keys)
            ) AS one_of
            -- A mark or model has changed since the last fold.
            UNION ALL
            SELECT coalesce(plane.bits, plane.sparse_bits)
            FROM totals_plane AS plane
            WHERE plane.segment = layer.segment AND plane.layer = layer.layer
                AND plane.key_id = ANY ((SELECT keys FROM hidden)::integer[])
        ) AS each
    ) AS left_out
    WHERE all_of.bits IS NOT NULL
),
-- The keys whose parts are counted. Of prices: how many have at least this price.
counted_keys AS MATERIALIZED (
    SELECT 'all' AS facet, 'shown' AS value, NULL::integer AS id WHERE false
    -- facet_mark: the marks by their ids
    UNION ALL
    SELECT 'mark', totals_key.value, totals_key.id FROM totals_key WHERE totals_key.attribute = 'mark'
    -- facet_country: the countries of the marks
    UNION ALL
    SELECT 'country', totals_key.value, totals_key.id FROM totals_key WHERE totals_key.attribute = 'mark'
    -- facet_is_new_part: whether the parts are new
    UNION ALL
    SELECT 'is_new_part', totals_key.value, totals_key.id
    FROM totals_key
    WHERE totals_key.attribute = 'param' AND totals_key.value IN ('11:is_new_part?true', '11:is_new_part?false')
    -- facet_price: the buckets of the prices, by their number from 1
    UNION ALL
    SELECT 'price', bound.number::text, totals_key.id
    FROM unnest(:'price_keys'::text[]) WITH ORDINALITY AS bound (key, number)
    JOIN totals_key ON totals_key.attribute = 'price' AND totals_key.value = bound.key
    -- A key may serve two facets.
),
key_counts AS MATERIALIZED (
    SELECT counted.key_id, sum(counted.parts)::bigint AS parts
    FROM masks
    CROSS JOIN LATERAL (
        SELECT plane.key_id, bit_count(masks.bits & coalesce(plane.bits, plane.sparse_bits)) AS parts
        FROM totals_plane AS plane
        WHERE plane.segment = masks.segment AND plane.layer = masks.layer
            AND plane.key_id = ANY (ARRAY(SELECT DISTINCT counted_keys.id FROM counted_keys))
        OFFSET 0
    ) AS counted
    WHERE counted.parts > 0
    GROUP BY counted.key_id
),
-- Of each value: what the planes and the changed parts have together.
value_counts AS MATERIALIZED (
    SELECT each.facet, each.value, sum(each.parts)::bigint AS parts
    FROM (
        SELECT counted_keys.facet, counted_keys.value, key_counts.parts
        FROM key_counts JOIN counted_keys ON counted_keys.id = key_counts.key_id
        -- facet_mark: the marks by their ids
        UNION ALL
        SELECT 'mark', changed_matches.mark_id::text, 1 FROM changed_matches
        -- facet_country: the countries of the marks
        UNION ALL
        SELECT 'country', changed_matches.mark_id::text, 1 FROM changed_matches
        -- facet_is_new_part: whether the parts are new
        UNION ALL
        SELECT 'is_new_part', concat('11:is_new_part?', CASE WHEN changed_matches.is_new_part THEN 'true' ELSE 'false' END), 1
        FROM changed_matches WHERE changed_matches.is_new_part IS NOT NULL
        -- facet_price: the buckets of the prices, by their number from 1
        UNION ALL
        SELECT 'price', reached.number::text, 1
        FROM changed_matches
        CROSS JOIN LATERAL generate_series(
            1, width_bucket(changed_matches.price, :'price_bounds'::text[]::numeric[]) - 1
        ) AS reached (number)
        UNION ALL
        SELECT 'price', '0', 1 FROM changed_matches
        UNION ALL
        SELECT 'price', '0', bit_count(masks.bits) FROM masks
        -- The parts of each value are in one of these.
    ) AS each
    GROUP BY each.facet, each.value
),
-- The buckets of prices: as many parts reach its lower bound and not the upper one.
buckets AS MATERIALIZED (
    SELECT number, parts
    FROM (
        SELECT
            reached.value::integer + 1 AS number,
            reached.parts - coalesce(above.parts, 0) AS parts
        FROM value_counts AS reached
        LEFT JOIN value_counts AS above ON above.facet = 'price' AND above.value = (reached.value::integer + 1)::text
        WHERE reached.facet = 'price'
    ) AS bucket
    WHERE parts > 0
),
named AS (
    SELECT 'mark' AS facet, value_counts.value, mark.name AS label, mark.id AS tie, value_counts.parts
    FROM value_counts JOIN mark ON mark.id = value_counts.value::bigint
    WHERE value_counts.facet = 'mark'
    UNION ALL
    SELECT
        'country', mark.producer_country_name_normalized, min(mark.producer_country_name COLLATE "C"), NULL,
        sum(value_counts.parts)::bigint
    FROM value_counts JOIN mark ON mark.id = value_counts.value::bigint
    WHERE value_counts.facet = 'country' AND length(mark.producer_country_name_normalized) BETWEEN 1 AND 200
    GROUP BY mark.producer_country_name_normalized
    UNION ALL
    SELECT 'is_new_part', value_counts.value, split_part(value_counts.value, '?', 2), NULL, value_counts.parts
    FROM value_counts
    WHERE value_counts.facet = 'is_new_part'
),
placed AS (
    SELECT
        named.*,
        count(*) OVER (PARTITION BY named.facet) AS distinct_values,
        row_number() OVER (
            PARTITION BY named.facet ORDER BY named.parts DESC, named.label COLLATE "C", named.tie
        ) AS place
    FROM named
),
listed AS (
    SELECT placed.facet, placed.value, placed.label, placed.parts, placed.distinct_values, NULL AS lowest, NULL AS highest
    FROM placed
    WHERE placed.place <= 20 OR (placed.facet, placed.value) IN (
        SELECT chosen.facet, chosen.value FROM unnest(:'chosen_facets'::text[], :'chosen_values'::text[]) AS chosen (facet, value)
    )
    -- facet_price: the buckets of the prices, by their number from 1
    UNION ALL
    SELECT
        'price', buckets.number::text, NULL, buckets.parts, 0,
        CASE WHEN buckets.number = (SELECT min(first.number) FROM buckets AS first) THEN (
            SELECT least(
                (SELECT min(changed_matches.price) FROM changed_matches),
                (
                    SELECT part.price
                    FROM part
                    WHERE part.is_visible
                        AND part.price >= (:'price_bounds'::text[]::numeric[])[buckets.number]
                        AND EXISTS (
                            SELECT FROM masks
                            WHERE masks.segment = totals_segment_of(part.id)
                                AND get_bit(masks.bits, totals_position_of(part.id)) = 1
                        )
                    ORDER BY part.price
                    LIMIT 1
                )
            )
        )::text END,
        CASE WHEN buckets.number = (SELECT max(last.number) FROM buckets AS last) THEN (
            SELECT greatest(
                (SELECT max(changed_matches.price) FROM changed_matches),
                (
                    SELECT part.price
                    FROM part
                    WHERE part.is_visible
                        AND part.price < (:'price_bounds'::text[]::numeric[] || 10000000000::numeric)[buckets.number + 1]
                        AND EXISTS (
                            SELECT FROM masks
                            WHERE masks.segment = totals_segment_of(part.id)
                                AND get_bit(masks.bits, totals_position_of(part.id)) = 1
                        )
                    ORDER BY part.price DESC
                    LIMIT 1
                )
            )
        )::text END
    FROM buckets
    -- chosen_mark: the marks that the search asks for
    UNION ALL
    SELECT 'mark', mark.id::text, mark.name, 0, 0, NULL, NULL
    FROM mark
    WHERE mark.is_visible AND mark.id = ANY (:'chosen_marks'::text[]::bigint[])
    -- chosen_country: the country that the search asks for
    UNION ALL
    SELECT 'country', :'chosen_country'::text, min(mark.producer_country_name COLLATE "C"), 0, 0, NULL, NULL
    FROM mark
    WHERE mark.is_visible AND mark.producer_country_name_normalized = :'chosen_country'::text
    HAVING count(*) > 0
)
SELECT (
    SELECT coalesce(json_agg(json_build_array(facet, value, label, parts, distinct_values, lowest, highest)), '[]')
    FROM listed
)::text
FROM usable
WHERE usable.is_usable;
