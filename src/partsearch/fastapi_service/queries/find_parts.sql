-- Return one page of the matching parts with the count and the sum of all matches, as the JSON of the answer.
--
-- It is one statement, so the page and the totals come from one snapshot. composer.py removes the blocks that a search
-- does not need: a block is a comment "-- name: description" and the lines below it, up to the next comment or bracket.
-- A statement with all blocks, each behind "... IS NULL OR ...", would be planned for the worst of them.
-- With NOT MATERIALIZED PostgreSQL looks for the page without the totals: it may find the first ten of many matches without
-- reading the others. With MATERIALIZED it reads each match once, which is best for few.
-- To run the file in psql, set its variables first, for example with: \i variables.psql
WITH matching AS :materialized (
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
),
totals AS (
    SELECT count(*) AS count, trim_scale(coalesce(sum(matching.price), 0)) AS summ
    FROM matching
),
page AS (
    SELECT matching.id
    FROM matching
    ORDER BY matching.id
    -- PARTS_PER_PAGE is a number here, not a parameter: for an unknown limit PostgreSQL would plan each search anew.
    LIMIT 10
    -- later_page: the page is not the first one
    OFFSET :'offset'::bigint
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
FROM totals;
