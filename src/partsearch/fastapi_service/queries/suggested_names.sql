-- Return a JSON array of words and pairs of words of names that match patterns, the shortest ones first: attribute, value.
--
-- To run the file in psql, set its variables first, for example with: \i variables.psql
SELECT coalesce(json_agg(json_build_array(found.attribute, found.value)), '[]')
FROM unnest(:'name_attributes'::text[], :'name_patterns'::text[]) AS wanted (attribute, pattern)
CROSS JOIN LATERAL (
    SELECT totals_key.attribute, totals_key.value
    FROM totals_key
    WHERE totals_key.attribute IN ('word', 'pair', 'phrase')
        AND totals_key.attribute = wanted.attribute AND totals_key.value LIKE wanted.pattern
        -- A word with digits is not in a pair.
        AND totals_key.value NOT LIKE '%…%'
    ORDER BY length(totals_key.value), totals_key.value COLLATE "C"
    LIMIT :'most'::bigint
) AS found;
