-- Return a JSON array of the part numbers of shown parts that start with a text, the shortest ones.
--
-- To run the file in psql, set its variables first, for example with: \i variables.psql
SELECT coalesce(json_agg(shortest.number), '[]')
FROM (
    SELECT own.number
    FROM part
    JOIN mark ON mark.id = part.mark_id
    JOIN model ON model.id = part.model_id
    CROSS JOIN LATERAL unnest(partsearch_numbers(part.json_data)) AS own (number)
    WHERE part.is_visible AND mark.is_visible AND model.is_visible
        AND partsearch_number_starts(part.json_data) @@ :'any_numbers'::tsquery
        AND own.number LIKE :'number_start'::text
    GROUP BY own.number
    ORDER BY length(own.number), own.number COLLATE "C"
    LIMIT :'most'::bigint
) AS shortest;
