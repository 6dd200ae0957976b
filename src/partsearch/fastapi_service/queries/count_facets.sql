-- Return what several facets count over one search: their values with the number of matching parts, as a JSON list.
--
-- An item of the list is: facet, value, label, parts, how many values the facet has, the lowest and the highest price. The
-- values are the 20 most frequent ones and those that the search asks for, of prices all buckets. The matching parts are read
-- for each facet, or once for all of them if :materialized is MATERIALIZED, which is best for few. composer.py removes the
-- blocks of filters and facets that a search does not need, as in find_parts.sql. What a facet counts is the search without
-- the filter of the facet: contract/answer/facets.py.
-- To run the file in psql, set its variables first, for example with: \i variables.psql
WITH matching AS :materialized (
    SELECT
        part.mark_id,
        part.model_id,
        part.name,
        part.name_normalized,
        part.price,
        part.json_data,
        part.attributes,
        mark.producer_country_name AS country,
        mark.producer_country_name_normalized AS country_normalized
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
-- How many parts have each value. The value of an attribute is JSON; below it becomes a text.
-- Values that are left out are grouped too: PostgreSQL takes such a condition for rare, and sorts the parts instead.
counted AS MATERIALIZED (
    SELECT
        NULL AS facet, NULL AS attribute, NULL AS value, NULL AS label, 0::bigint AS parts, NULL::numeric AS lowest,
        NULL::numeric AS highest
    WHERE false
    -- facet_mark: the marks by their ids
    UNION ALL
    SELECT 'mark', NULL, matching.mark_id::text, NULL, count(*), NULL, NULL
    FROM matching
    GROUP BY matching.mark_id
    -- facet_model: the models by their ids
    UNION ALL
    SELECT 'model', NULL, matching.model_id::text, NULL, count(*), NULL, NULL
    FROM matching
    GROUP BY matching.model_id
    -- facet_country: the countries of the marks
    UNION ALL
    SELECT 'country', NULL, matching.country_normalized, min(matching.country COLLATE "C"), count(*), NULL, NULL
    FROM matching
    GROUP BY matching.country_normalized
    -- facet_name: the names of the parts
    UNION ALL
    SELECT 'name', NULL, matching.name_normalized, min(matching.name COLLATE "C"), count(*), NULL, NULL
    FROM matching
    GROUP BY matching.name_normalized
    -- facet_price: the buckets of the prices, by their number from 1
    UNION ALL
    SELECT 'price', NULL, bucket.number::text, NULL, count(*), min(bucket.price), max(bucket.price)
    FROM (
        SELECT matching.price, width_bucket(matching.price, (SELECT :'price_bounds'::text[]::numeric[])) AS number
        FROM matching
    ) AS bucket
    GROUP BY bucket.number
    -- facet_params: the values of a key of json_data
    UNION ALL
    SELECT :'param_facet'::text, :'param_key'::text, grouped.value::text, grouped.label, grouped.parts, NULL, NULL
    FROM (
        SELECT written.value, min(written.label COLLATE "C") AS label, count(*) AS parts
        FROM (
            SELECT
                matching.attributes -> (SELECT :'param_key'::text) AS value,
                matching.json_data ->> (SELECT :'param_key'::text) AS label
            FROM matching
        ) AS written
        GROUP BY written.value
        OFFSET 0
    ) AS grouped
    WHERE jsonb_typeof(grouped.value) = ANY ((SELECT :'param_kinds'::text[])::text[])
    -- Of several spellings the smallest one is the label.
),
named AS (
    SELECT 'none' AS facet, NULL AS value, NULL AS label, NULL::bigint AS tie, 0::bigint AS parts WHERE false
    -- facet_mark: the marks by their ids
    UNION ALL
    SELECT 'mark', counted.value, mark.name, mark.id, counted.parts
    FROM counted JOIN mark ON mark.id = counted.value::bigint
    WHERE counted.facet = 'mark'
    -- facet_model: the models by their ids
    UNION ALL
    SELECT 'model', counted.value, model.name, model.id, counted.parts
    FROM counted JOIN model ON model.id = counted.value::bigint
    WHERE counted.facet = 'model'
    -- Countries and names are grouped already.
    UNION ALL
    SELECT counted.facet, counted.value, counted.label, NULL, counted.parts
    FROM counted
    WHERE counted.facet IN ('country', 'name') AND length(counted.value) BETWEEN 1 AND 200
    -- Values of keys of json_data that are compared as equal become one.
    UNION ALL
    SELECT written.facet, written.value, min(written.label COLLATE "C"), min(written.tie), sum(written.parts)::bigint
    FROM (
        SELECT
            counted.facet, counted.label, counted.parts, CASE WHEN counted.value LIKE '"%' THEN 0 ELSE 1 END AS tie,
            totals_param(counted.attribute, jsonb_typeof(counted.value::jsonb), counted.value::jsonb #>> '{}') AS value
        FROM counted
        WHERE counted.attribute IS NOT NULL AND counted.value <> '""'
    ) AS written
    WHERE written.value IS NOT NULL
    GROUP BY written.facet, written.value
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
    SELECT 'price', counted.value, NULL, counted.parts, 0, counted.lowest::text, counted.highest::text
    FROM counted
    WHERE counted.facet = 'price'
    -- chosen_mark: the marks that the search asks for
    UNION ALL
    SELECT 'mark', mark.id::text, mark.name, 0, 0, NULL, NULL
    FROM mark
    WHERE mark.is_visible AND mark.id = ANY (:'chosen_marks'::text[]::bigint[])
    -- chosen_model: the models that the search asks for
    UNION ALL
    SELECT 'model', model.id::text, model.name, 0, 0, NULL, NULL
    FROM model JOIN mark ON mark.id = model.mark_id
    WHERE mark.is_visible AND model.is_visible AND model.id = ANY (:'chosen_models'::text[]::bigint[])
    -- chosen_country: the country that the search asks for
    UNION ALL
    SELECT 'country', :'chosen_country'::text, min(mark.producer_country_name COLLATE "C"), 0, 0, NULL, NULL
    FROM mark
    WHERE mark.is_visible AND mark.producer_country_name_normalized = :'chosen_country'::text
    HAVING count(*) > 0
)
SELECT coalesce(
    json_agg(json_build_array(facet, value, label, parts, distinct_values, lowest, highest)),
    '[]'
)::text
FROM listed;
