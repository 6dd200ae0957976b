-- Return one shown part with the times when it was added and changed, as the JSON of the answer; no row if there is none.
--
-- To run the file in psql, set its variables first, for example with: \i variables.psql
SELECT row_to_json(found)::text
FROM (
    SELECT
        part.id,
        (SELECT row_to_json(shown) FROM (SELECT mark.id, mark.name, mark.producer_country_name) AS shown) AS mark,
        (SELECT row_to_json(shown) FROM (SELECT model.id, model.name) AS shown) AS model,
        part.name,
        part.json_data,
        trim_scale(part.price) AS price,
        to_char(part.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at,
        to_char(part.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS updated_at
    FROM part
    JOIN mark ON mark.id = part.mark_id
    JOIN model ON model.id = part.model_id
    WHERE part.id = :'part_id'::bigint AND part.is_visible AND mark.is_visible AND model.is_visible
) AS found;
