-- Return a JSON array: how many shown parts have a name that contains each text, counted up to a number.
--
-- Without OFFSET PostgreSQL would hope to find enough parts early and read the whole table for a text that none has.
-- To run the file in psql, set its variables first, for example with: \i variables.psql
SELECT json_agg(counted.parts ORDER BY wanted.number)
FROM unnest(:'patterns'::text[]) WITH ORDINALITY AS wanted (pattern, number)
CROSS JOIN LATERAL (
    SELECT count(*) AS parts
    FROM (
        SELECT named.id
        FROM (
            SELECT part.id, part.mark_id, part.model_id
            FROM part
            WHERE part.is_visible AND part.name_normalized LIKE wanted.pattern
            OFFSET 0
        ) AS named
        JOIN mark ON mark.id = named.mark_id
        JOIN model ON model.id = named.model_id
        WHERE mark.is_visible AND model.is_visible
        LIMIT :'most'::bigint
    ) AS found
) AS counted;
