-- Return the parts of a page, or what one rank adds to it, in an order other than that of ids.
--
-- The totals of all matches come from the planes, in the same snapshot. The first ones of many matches are found in the
-- order of an index, without reading the others: "walk". Without it all matches are read and sorted, which is best for few.
-- It returns the number of the parts, a colon, and the parts. composer.py removes the blocks that a search does not need.
-- To run the file in psql, set its variables first, for example with: \i variables.psql
WITH candidate AS NOT MATERIALIZED (
    SELECT part.*
        -- quality_column: whether it has a photo, and whether it is in stock
        , partsearch_quality(part.json_data) AS quality
        -- Hidden parts are not in the indexes.
    FROM part
    WHERE part.is_visible
    ORDER BY
        -- by_quality: parts with a photo and in stock come first, and the newest of them
        quality DESC, part.created_at DESC,
        -- by_price: the lowest price comes first
        part.price,
        -- by_price_descending: the highest price comes first
        part.price DESC,
        -- by_created: the newest come first
        part.created_at DESC,
        -- Ties are in the order of their ids.
        part.id
    -- walk: no more than so many parts are read
    LIMIT :'walked'::bigint
),
page AS (
    SELECT ordered.id, ordered.number
    FROM unnest(ARRAY(
        SELECT part.id
        FROM candidate AS part
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
        -- first_rank: the name contains the phrase
        AND part.name_normalized LIKE :'phrase'::text
        -- second_rank: the name does not contain the phrase, but all words
        AND NOT coalesce(part.name_normalized LIKE :'phrase'::text, false)
        AND part.name_normalized LIKE ALL (:'words'::text[])
        -- third_rank: the name does neither contain the phrase nor all words
        AND NOT coalesce(part.name_normalized LIKE :'phrase'::text, false)
        AND NOT coalesce(part.name_normalized LIKE ALL (:'words'::text[]), false)
        -- The order of the index once more: so that it is certain.
        ORDER BY
            -- by_quality: parts with a photo and in stock come first, and the newest of them
            part.quality DESC, part.created_at DESC,
            -- by_price: the lowest price comes first
            part.price,
            -- by_price_descending: the highest price comes first
            part.price DESC,
            -- by_created: the newest come first
            part.created_at DESC,
            -- Ties are in the order of their ids.
            part.id
        LIMIT :'rows'::bigint
        OFFSET :'before'::bigint
    )) WITH ORDINALITY AS ordered (id, number)
),
found AS (
    SELECT
        page.number,
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
)
SELECT concat(
    (SELECT count(*) FROM page), ':',
    (
        SELECT string_agg(
            found.part
            -- names: each part has its name behind it, in lines of their own, for the highlights
            || E'\n' || to_json(found.name)::text || E'\n'
            -- The parts in the order of the page.
            , ',' ORDER BY found.number
        )
        FROM found
    )
);
