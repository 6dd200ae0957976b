-- Return as a JSON array the words of names that became known after a key, each with its own key: a batch of them.
--
-- To run the file in psql, set its variables first, for example with: \i variables.psql
SELECT coalesce(json_agg(json_build_array(word.id, word.value) ORDER BY word.id), '[]')
FROM (
    SELECT totals_key.id, totals_key.value
    FROM totals_key
    WHERE totals_key.attribute = 'word' AND totals_key.id > :'last_key'::integer
    ORDER BY totals_key.id
    LIMIT :'batch'::bigint
) AS word;
