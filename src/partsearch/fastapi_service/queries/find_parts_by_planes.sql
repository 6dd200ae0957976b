-- Return what find_parts.sql returns, with totals from the bit planes: what it costs hardly depends on how many match.
--
-- docs/explanation/totals.md explains the tables. composer.py removes the blocks that a search does not need, as in
-- find_parts.sql. It returns NULL if the planes are not ready, or lack a key of json_data; find_parts.sql answers then.
--
-- The parameters of the planes are subqueries: so PostgreSQL expects the same costs for all values, and plans once.
-- To run the file in psql, set its variables first, for example with: \i variables.psql
WITH matching AS NOT MATERIALIZED (
    SELECT part.id, part.price
    -- rank_column: how well the name fits q, 0 is the best
    , CASE
        WHEN part.name_normalized LIKE :'phrase'::text
            OR :'number'::text IS NOT NULL AND :'number'::text = ANY (partsearch_numbers(part.json_data)) THEN 0
        WHEN part.name_normalized LIKE ALL (:'words'::text[]) THEN 1
        ELSE 2
    END AS rank
    -- Whether a part is shown depends on its mark and its model too.
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
-- What the names of rank 0 have, and those of rank 1.
in_phrase AS MATERIALIZED (
    SELECT condition, array_agg(wanted.id) AS keys
    FROM unnest((SELECT :'in_phrase'::text[])) AS condition LEFT JOIN wanted USING (condition)
    GROUP BY condition
),
in_words AS MATERIALIZED (
    SELECT condition, array_agg(wanted.id) AS keys
    FROM unnest((SELECT :'in_words'::text[])) AS condition LEFT JOIN wanted USING (condition)
    GROUP BY condition
),
-- The layers whose count and sum are known: the search has one condition, and none of their parts has changed.
sums AS MATERIALIZED (
    SELECT known[1] AS segment, known[2] AS layer, known[3] AS parts, known[4] AS kopecks
    FROM totals_known_sums(
        (SELECT keys FROM conditions WHERE condition = :'summed'::text), (SELECT :'are_disjoint'::boolean)
    ) AS known
    WHERE (SELECT is_usable FROM usable)
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
        WHERE (SELECT is_usable FROM usable) AND (segment, layer) NOT IN (SELECT sums.segment, sums.layer FROM sums)
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
segment_counts AS MATERIALIZED (
    SELECT segment, sum(parts)::bigint AS parts
    FROM (
        SELECT segment, bit_count(bits) AS parts FROM masks
        UNION ALL SELECT segment, parts FROM sums
        UNION ALL SELECT segment, 1 FROM changed_matches
    ) AS counted
    GROUP BY segment
),
totals AS (
    SELECT
        (SELECT coalesce(sum(segment_counts.parts), 0) FROM segment_counts) AS count,
        trim_scale(
            (SELECT coalesce(sum(changed_matches.price), 0) FROM changed_matches)
            + 0.01 * ((SELECT coalesce(sum(sums.kopecks), 0) FROM sums) + (
                -- The keys 0 to 47 are the bits of the price's digits: those that a price up to the bound has.
                SELECT coalesce(
                    sum(bit_count(masks.bits & coalesce(plane.bits, plane.sparse_bits)) * totals_digit_value(plane.key_id)), 0
                )
                FROM masks
                JOIN totals_plane AS plane ON plane.segment = masks.segment AND plane.layer = masks.layer
                    AND plane.key_id BETWEEN 0 AND (SELECT :'last_digit_key'::integer)
            ))
        ) AS summ
),
-- How many matches have the ranks 0 and 1. The page is in their order, and comes from another statement.
of_ranks AS MATERIALIZED (
    SELECT
        masks.bits & of_phrase.bits AS first,
        CASE WHEN of_phrase.bits IS NULL THEN masks.bits ELSE masks.bits & ~ of_phrase.bits END & of_words.bits AS second
    FROM masks
    CROSS JOIN LATERAL (
        SELECT CASE WHEN bool_and(one_of.bits IS NOT NULL) THEN bit_and(one_of.bits) END AS bits
        FROM in_phrase
        CROSS JOIN LATERAL (
            SELECT bit_or(coalesce(plane.bits, plane.sparse_bits)) AS bits
            FROM totals_plane AS plane
            WHERE plane.segment = masks.segment AND plane.layer = masks.layer AND plane.key_id = ANY (in_phrase.keys)
        ) AS one_of
    ) AS of_phrase
    CROSS JOIN LATERAL (
        SELECT CASE WHEN bool_and(one_of.bits IS NOT NULL) THEN bit_and(one_of.bits) END AS bits
        FROM in_words
        CROSS JOIN LATERAL (
            SELECT bit_or(coalesce(plane.bits, plane.sparse_bits)) AS bits
            FROM totals_plane AS plane
            WHERE plane.segment = masks.segment AND plane.layer = masks.layer AND plane.key_id = ANY (in_words.keys)
        ) AS one_of
    ) AS of_words
),
-- The page: the segments that its rows are in, then blocks of 1,600 bits, then pieces of 40 bits, then the bits.
page_segments AS MATERIALIZED (
    SELECT segment, before, bits
    FROM (
        SELECT segment, parts, (sum(parts) OVER (ORDER BY segment))::bigint - parts AS before FROM segment_counts
    ) AS counted
    CROSS JOIN LATERAL (
        SELECT bit_or(each.bits) AS bits
        FROM (
            SELECT masks.bits FROM masks WHERE masks.segment = counted.segment
            UNION ALL
            SELECT CASE WHEN bool_and(one_of.bits IS NOT NULL) THEN bit_and(one_of.bits) END
            FROM sums CROSS JOIN conditions CROSS JOIN LATERAL (
                SELECT bit_or(coalesce(plane.bits, plane.sparse_bits)) AS bits
                FROM totals_plane AS plane
                WHERE plane.segment = sums.segment AND plane.layer = sums.layer AND plane.key_id = ANY (conditions.keys)
            ) AS one_of
            WHERE sums.segment = counted.segment
            GROUP BY sums.layer
            UNION ALL
            SELECT totals_bits(position, 1) FROM changed_matches WHERE changed_matches.segment = counted.segment
        ) AS each
    ) AS match
    WHERE parts > 0 AND before + parts > :'offset'::bigint AND before < :'offset'::bigint + :'per_page'::bigint
),
page_blocks AS MATERIALIZED (
    SELECT segment, position, before, bits
    FROM (
        SELECT
            segment,
            place AS position,
            before + bit_count(substring(bits from 1 for place)) AS before,
            substring(bits from place + 1 for 1600) AS bits
        FROM page_segments CROSS JOIN generate_series(0, 62400, 1600) AS place
    ) AS block
    WHERE bit_count(bits) > 0 AND before + bit_count(bits) > :'offset'::bigint AND before < :'offset'::bigint + :'per_page'::bigint
),
page_pieces AS MATERIALIZED (
    SELECT segment, position, before, bits
    FROM (
        SELECT
            segment,
            position + place AS position,
            before + bit_count(substring(bits from 1 for place)) AS before,
            substring(bits from place + 1 for 40) AS bits
        FROM page_blocks CROSS JOIN generate_series(0, 1560, 40) AS place
    ) AS piece
    WHERE bit_count(bits) > 0 AND before + bit_count(bits) > :'offset'::bigint AND before < :'offset'::bigint + :'per_page'::bigint
),
page AS (
    SELECT totals_id_at(segment, position + place) AS id
    FROM page_pieces CROSS JOIN generate_series(0, 39) AS place
    WHERE get_bit(bits, place) = 1
        AND before + bit_count(substring(bits from 1 for place)) BETWEEN :'offset'::bigint AND :'offset'::bigint + :'per_page'::bigint - 1
    -- They are no more than that anyway, and PostgreSQL plans for it.
    LIMIT 100
),
found AS (
    SELECT
        page.id,
        part.name,
        (
            SELECT row_to_json(shown)::text
            FROM (
                SELECT
                    part.id,
                    (SELECT row_to_json(shown) FROM (SELECT mark.id, mark.name, mark.producer_country_name) AS shown) AS mark,
                    (SELECT row_to_json(shown) FROM (SELECT model.id, model.name) AS shown) AS model,
                    part.name,
                    part.json_data,
                    trim_scale(part.price) AS price
            ) AS shown
        ) AS part
    FROM page
    JOIN part ON part.id = page.id
    JOIN mark ON mark.id = part.mark_id
    JOIN model ON model.id = part.model_id
),
listed AS (
    SELECT string_agg(
        found.part
        -- names: each part has its name behind it, in lines of their own, for the highlights
        || E'\n' || to_json(found.name)::text || E'\n'
        -- The parts in the order of the page.
        , ',' ORDER BY found.id
    ) AS parts
    FROM found
)
SELECT concat(
    '{',
    -- with_page: the parts come first
    '"response":[', (SELECT listed.parts FROM listed), '],',
    -- The totals.
    '"count":', totals.count,
    ',"summ":', totals.summ,
    -- with_ranks: how many of them have each rank
    ',"ranks":', (
        SELECT json_build_array(ranks.first, ranks.second, totals.count - ranks.first - ranks.second)
        FROM (
            SELECT
                coalesce(sum(bit_count(of_ranks.first)), 0)
                + (SELECT count(*) FROM changed_matches WHERE changed_matches.rank = 0) AS first,
                coalesce(sum(bit_count(of_ranks.second)), 0)
                + (SELECT count(*) FROM changed_matches WHERE changed_matches.rank = 1) AS second
            FROM of_ranks
        ) AS ranks
    ),
    -- The end.
    '}'
)
FROM totals
JOIN usable ON usable.is_usable;
