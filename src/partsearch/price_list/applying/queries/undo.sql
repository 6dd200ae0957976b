-- Taking an import back.

-- name: last_import_with_changes
SELECT id, source, undone_at FROM price_list_import
WHERE has_changes AND (%(source)s::text IS NULL OR source = %(source)s)
ORDER BY id DESC LIMIT 1;

-- name: take_changes
DROP TABLE IF EXISTS pg_temp.import_undo;
CREATE TEMPORARY TABLE import_undo ON COMMIT DROP AS
SELECT price_list_change.part_id, kind, before, written_digest, FALSE AS is_edited
FROM price_list_change JOIN part ON part.id = price_list_change.part_id
WHERE import_id = %(import_id)s;
ANALYZE import_undo;

-- name: lock_taken_parts
SELECT count(*) FROM (
    SELECT id FROM part WHERE id IN (SELECT part_id FROM import_undo WHERE kind <> 'key') ORDER BY id FOR UPDATE
) AS locked;

-- name: find_edited
UPDATE import_undo SET is_edited = TRUE
FROM part
WHERE part.id = import_undo.part_id AND import_undo.kind <> 'key'
    AND import_undo.written_digest <> price_list_part_digest(part);

-- What a part was moved from may be gone.
-- name: find_unrestorable
UPDATE import_undo SET is_edited = TRUE
WHERE kind = 'changed' AND NOT EXISTS (
    SELECT FROM model
    WHERE model.id = (before -> 'part' ->> 'model_id')::bigint
        AND model.mark_id = (before -> 'part' ->> 'mark_id')::bigint
);

-- name: edited_parts
SELECT part.id, mark.name, model.name, part.name
FROM import_undo JOIN part ON part.id = import_undo.part_id
JOIN mark ON mark.id = part.mark_id JOIN model ON model.id = part.model_id
WHERE import_undo.is_edited ORDER BY part.id;

-- name: count_taken
SELECT
    count(*) FILTER (WHERE kind = 'new'),
    count(*) FILTER (WHERE kind = 'changed'),
    count(*) FILTER (WHERE part.is_visible AND NOT (before -> 'part' ->> 'is_visible')::boolean),
    count(*) FILTER (WHERE NOT part.is_visible AND (before -> 'part' ->> 'is_visible')::boolean)
FROM import_undo JOIN part ON part.id = import_undo.part_id
WHERE NOT is_edited;

-- name: restore_parts
UPDATE part SET
    name = before -> 'part' ->> 'name',
    mark_id = (before -> 'part' ->> 'mark_id')::bigint,
    model_id = (before -> 'part' ->> 'model_id')::bigint,
    price = (before -> 'part' ->> 'price')::numeric,
    json_data = before -> 'part' -> 'json_data',
    is_visible = (before -> 'part' ->> 'is_visible')::boolean
FROM import_undo
WHERE import_undo.part_id = part.id AND kind = 'changed' AND NOT is_edited;

-- name: restore_visibility
UPDATE part SET is_visible = (before -> 'part' ->> 'is_visible')::boolean
FROM import_undo
WHERE import_undo.part_id = part.id AND kind IN ('hidden', 'shown') AND NOT is_edited;

-- The triggers of the table part delete their origins. They go first: their keys may be those of other parts before.
-- name: delete_new_parts
DELETE FROM part USING import_undo WHERE import_undo.part_id = part.id AND kind = 'new' AND NOT is_edited;

-- name: free_keys
UPDATE price_list_part SET row_key = 'restored:' || price_list_part.part_id
FROM import_undo
WHERE import_undo.part_id = price_list_part.part_id AND kind <> 'new' AND NOT is_edited
    AND jsonb_typeof(before -> 'origin') = 'object';

-- A part that is left keeps its key.
-- name: restore_origins
UPDATE price_list_part SET
    list_name = origin.list_name,
    row_key = CASE
        WHEN EXISTS (
            SELECT FROM price_list_part AS other
            WHERE other.list_name = origin.list_name AND other.row_key = origin.row_key
                AND other.part_id <> price_list_part.part_id
        )
        THEN 'identity:' || price_list_part.part_id
        ELSE origin.row_key
    END,
    row_digest = origin.row_digest,
    row_identity = origin.row_identity,
    row_article = origin.row_article,
    record_digest = origin.record_digest,
    is_hidden_by_import = origin.is_hidden_by_import
FROM import_undo CROSS JOIN LATERAL jsonb_to_record(before -> 'origin') AS origin (
    list_name text, row_key text, row_digest text, row_identity uuid, row_article text, record_digest uuid,
    is_hidden_by_import boolean
)
WHERE import_undo.part_id = price_list_part.part_id AND kind <> 'new' AND NOT is_edited
    AND jsonb_typeof(before -> 'origin') = 'object';

-- name: delete_created_models
DELETE FROM model
WHERE id = ANY ((SELECT created_model_ids FROM price_list_import WHERE id = %(import_id)s)::bigint[])
    AND NOT EXISTS (SELECT FROM part WHERE part.model_id = model.id);

-- name: delete_created_marks
DELETE FROM mark
WHERE id = ANY ((SELECT created_mark_ids FROM price_list_import WHERE id = %(import_id)s)::bigint[])
    AND NOT EXISTS (SELECT FROM model WHERE model.mark_id = mark.id)
    AND NOT EXISTS (SELECT FROM part WHERE part.mark_id = mark.id);

-- name: mark_undone
DELETE FROM price_list_change WHERE import_id = %(import_id)s;
UPDATE price_list_import SET undone_at = clock_timestamp() WHERE id = %(import_id)s;
