-- Return all matching parts in the order of their ids, for an exported list.
--
-- The services read it through a cursor. The filters are those of find_parts.sql, under the same names in the same order;
-- composer.py removes the blocks that a search does not need.
-- To run the file in psql, set its variables first, for example with: \i variables.psql
SELECT
    concat(part.id, '@', (SELECT key FROM catalog_key LIMIT 1)) AS reference,
    part.name,
    mark.name AS mark,
    model.name AS model,
    trim_scale(part.price)::text AS price,
    part.json_data::text AS json_data
FROM part
JOIN mark ON mark.id = part.mark_id
JOIN model ON model.id = part.model_id
WHERE
    -- shown: the part, its mark and its model are visible
    part.is_visible AND mark.is_visible AND model.is_visible
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
ORDER BY part.id;
