-- Which row is which part. The statements run in this order; each only sees the rows and parts that are left.

-- name: last_old_list
SELECT list_name, max(part_id) FROM price_list_part
WHERE list_name NOT IN (SELECT source FROM price_list_import)
GROUP BY list_name ORDER BY max(part_id) DESC;

-- name: has_parts
SELECT EXISTS (SELECT FROM price_list_part WHERE list_name = %(list_name)s);

-- By id, and by an article that is unique in the list, whose part the last list had.
-- name: match_by_key
CREATE TEMPORARY TABLE import_match ON COMMIT DROP AS
SELECT
    keyed.number, keyed.key, keyed.has_id, keyed.reference, keyed.article, keyed.identity, keyed.digest, keyed.record,
    keyed.is_sold, coalesce(keyed.reference, keyed.part_id, known.part_id) AS part_id
FROM (
    SELECT
        number, has_id, reference, article, identity, digest, record, is_sold, part_id,
        CASE
            WHEN reference IS NOT NULL THEN NULL
            WHEN key IS NOT NULL THEN key
            WHEN article <> '' AND count(*) OVER (PARTITION BY article COLLATE "C") = 1 THEN 'article:' || article
        END AS key
    FROM import_row
) AS keyed
LEFT JOIN price_list_part AS known ON known.list_name = %(list_name)s
    AND known.row_key = keyed.key
    AND keyed.part_id IS NULL
    AND (keyed.has_id OR NOT known.is_hidden_by_import);

-- name: analyze_matches
ANALYZE import_match;

-- A row cannot be a part that another row names, or whose cells another row has.
-- name: reject_taken_parts
WITH rejected AS (
    DELETE FROM import_match USING import_match AS other
    WHERE other.part_id = import_match.part_id AND other.number <> import_match.number
        AND import_match.reference IS NULL
        AND (other.reference IS NOT NULL OR other.number < import_match.number)
    RETURNING import_match.number, other.number AS other_number
)
INSERT INTO import_rejected SELECT number, 'is the part of another row', 'row ' || other_number FROM rejected;

-- By what lasts; those whose content is equal first. Two ids are two parts, whatever else is equal.
-- name: match_by_identity
WITH left_row AS (
    SELECT
        number, identity, CASE WHEN %(with_content)s THEN digest ELSE '' END AS digest,
        row_number() OVER (
            PARTITION BY identity, CASE WHEN %(with_content)s THEN digest ELSE '' END ORDER BY number
        ) AS occurrence
    FROM import_match
    WHERE part_id IS NULL AND has_id = %(has_id)s
), left_part AS (
    SELECT
        known.part_id, known.row_identity, CASE WHEN %(with_content)s THEN known.row_digest ELSE '' END AS row_digest,
        row_number() OVER (
            PARTITION BY known.row_identity, CASE WHEN %(with_content)s THEN known.row_digest ELSE '' END
            ORDER BY known.is_hidden_by_import, known.part_id
        ) AS occurrence
    FROM price_list_part AS known
    WHERE known.list_name = %(list_name)s AND known.row_identity IS NOT NULL
        AND NOT (%(has_id)s AND (starts_with(known.row_key, 'id:') OR starts_with(known.row_key, 'long id:')))
        AND NOT EXISTS (SELECT FROM import_match WHERE import_match.part_id = known.part_id)
)
UPDATE import_match SET part_id = left_part.part_id
FROM left_row JOIN left_part ON left_part.row_identity = left_row.identity
    AND left_part.row_digest = left_row.digest AND left_part.occurrence = left_row.occurrence
WHERE import_match.number = left_row.number;

-- By an article whose part the list had before the last time.
-- name: match_by_article
UPDATE import_match SET part_id = known.part_id
FROM price_list_part AS known
WHERE import_match.part_id IS NULL AND NOT import_match.has_id
    AND known.list_name = %(list_name)s AND known.row_key = import_match.key
    AND NOT EXISTS (SELECT FROM import_match AS other WHERE other.part_id = known.part_id);

-- Older releases have a hash of all properties as the key of a row without an id. Properties are read differently now.
-- name: match_old_keys
WITH left_row AS (
    SELECT
        import_row.number, import_row.name, import_vehicle.mark_id, import_vehicle.model_id,
        coalesce(import_row.json_data::jsonb ->> 'oem', '') AS oem,
        coalesce(import_row.json_data::jsonb ->> 'article', '') AS article
    FROM import_match
    JOIN import_row ON import_row.number = import_match.number
    JOIN import_vehicle ON import_vehicle.mark = import_row.mark AND import_vehicle.model = import_row.model
    WHERE import_match.part_id IS NULL AND import_vehicle.model_id IS NOT NULL
), left_part AS (
    SELECT
        part.id, part.name, part.mark_id, part.model_id,
        coalesce(part.json_data ->> 'oem', '') AS oem, coalesce(part.json_data ->> 'article', '') AS article
    FROM price_list_part AS known JOIN part ON part.id = known.part_id
    WHERE known.list_name = %(list_name)s AND starts_with(known.row_key, 'row:')
        AND NOT EXISTS (SELECT FROM import_match WHERE import_match.part_id = known.part_id)
), numbered_row AS (
    SELECT *, row_number() OVER (PARTITION BY name, mark_id, model_id, oem, article ORDER BY number) AS occurrence
    FROM left_row
), numbered_part AS (
    SELECT *, row_number() OVER (PARTITION BY name, mark_id, model_id, oem, article ORDER BY id) AS occurrence
    FROM left_part
)
UPDATE import_match SET part_id = numbered_part.id
FROM numbered_row JOIN numbered_part USING (name, mark_id, model_id, oem, article, occurrence)
WHERE import_match.number = numbered_row.number;
