-- Writing what the comparison has found, one statement for each kind: a trigger fires once for each of them.

-- name: begin_import
INSERT INTO price_list_import (
    source, file_name, file_sha256, started_at, finished_at, account, counts, created_mark_ids, created_model_ids,
    profile, is_partial, has_changes
)
VALUES (
    %(source)s, %(file_name)s, %(file_sha256)s, %(started_at)s, clock_timestamp(), %(account)s, '{}', '{}', '{}',
    %(profile)s, %(is_partial)s, FALSE
)
RETURNING id;

-- name: end_import
UPDATE price_list_import SET
    finished_at = clock_timestamp(), counts = %(counts)s::jsonb, has_changes = %(has_changes)s,
    created_mark_ids = %(mark_ids)s::bigint[], created_model_ids = %(model_ids)s::bigint[]
WHERE id = %(import_id)s;

-- name: forget_earlier_changes
DELETE FROM price_list_change
WHERE import_id IN (SELECT id FROM price_list_import WHERE source = %(source)s AND id < %(import_id)s);

-- name: write_changed
WITH before AS MATERIALIZED (
    SELECT
        part.id,
        jsonb_build_object(
            'part', jsonb_build_object(
                'name', part.name, 'mark_id', part.mark_id, 'model_id', part.model_id, 'price', part.price,
                'json_data', part.json_data, 'is_visible', part.is_visible
            ),
            'origin', to_jsonb(known) - 'part_id'
        ) AS columns
    FROM import_change JOIN part ON part.id = import_change.part_id
    LEFT JOIN price_list_part AS known ON known.part_id = part.id
    WHERE import_change.is_written
), updated AS (
    UPDATE part SET
        name = import_row.name, mark_id = import_vehicle.mark_id, model_id = import_vehicle.model_id,
        price = import_row.price, json_data = import_row.json_data::jsonb,
        is_visible = part.is_visible OR import_change.shows
    FROM import_change
    JOIN import_row ON import_row.number = import_change.number
    JOIN import_vehicle ON import_vehicle.mark = import_row.mark AND import_vehicle.model = import_row.model
    WHERE part.id = import_change.part_id AND import_change.is_written
    RETURNING part.id, price_list_part_digest(part) AS digest
)
INSERT INTO price_list_change (import_id, part_id, kind, before, written_digest)
SELECT %(import_id)s, updated.id, 'changed', before.columns, updated.digest
FROM updated JOIN before ON before.id = updated.id;

-- name: write_visibility
WITH before AS MATERIALIZED (
    SELECT
        part.id,
        jsonb_build_object(
            'part', jsonb_build_object('is_visible', part.is_visible), 'origin', to_jsonb(known) - 'part_id'
        ) AS columns
    FROM import_change JOIN part ON part.id = import_change.part_id
    LEFT JOIN price_list_part AS known ON known.part_id = part.id
    WHERE NOT import_change.is_written AND (import_change.hides OR import_change.shows)
), updated AS (
    UPDATE part SET is_visible = import_change.shows
    FROM import_change
    WHERE part.id = import_change.part_id
        AND NOT import_change.is_written AND (import_change.hides OR import_change.shows)
    RETURNING part.id, import_change.shows, price_list_part_digest(part) AS digest
)
INSERT INTO price_list_change (import_id, part_id, kind, before, written_digest)
SELECT
    %(import_id)s, updated.id, CASE WHEN updated.shows THEN 'shown' ELSE 'hidden' END, before.columns, updated.digest
FROM updated JOIN before ON before.id = updated.id;

-- name: note_changed_keys
INSERT INTO price_list_change (import_id, part_id, kind, before)
SELECT %(import_id)s, known.part_id, 'key', jsonb_build_object('origin', to_jsonb(known) - 'part_id')
FROM import_change JOIN price_list_part AS known ON known.part_id = import_change.part_id
WHERE NOT (import_change.is_written OR import_change.hides OR import_change.shows);

-- name: write_released_keys
UPDATE price_list_part SET row_key = 'identity:' || price_list_part.part_id
FROM import_change WHERE import_change.part_id = price_list_part.part_id AND import_change.releases_key;

-- name: write_origins
UPDATE price_list_part SET
    list_name = CASE WHEN import_match.reference IS NULL THEN %(source)s ELSE price_list_part.list_name END,
    row_key = CASE
        WHEN import_change.is_rekeyed THEN coalesce(import_match.key, 'identity:' || price_list_part.part_id)
        ELSE price_list_part.row_key
    END,
    row_digest = CASE
        WHEN import_change.is_written AND import_match.reference IS NULL THEN import_match.digest
        ELSE price_list_part.row_digest
    END,
    row_identity = CASE
        WHEN import_change.is_rekeyed THEN import_match.identity ELSE price_list_part.row_identity
    END,
    row_article = CASE WHEN import_change.is_rekeyed THEN import_match.article ELSE price_list_part.row_article END,
    record_digest = CASE WHEN import_change.is_rekeyed THEN import_match.record ELSE price_list_part.record_digest END,
    is_hidden_by_import = import_change.hides
        OR (price_list_part.is_hidden_by_import AND NOT import_change.comes_back)
FROM import_change LEFT JOIN import_match ON import_match.number = import_change.number
WHERE price_list_part.part_id = import_change.part_id;

-- A statement with many rows builds their planes at once, unless a fold runs (totals_triggers.sql): wait for its end. In
-- this order: TRUNCATE part locks the table part first too.
-- name: wait_for_fold
LOCK TABLE part IN ROW EXCLUSIVE MODE;
LOCK TABLE totals_state IN SHARE ROW EXCLUSIVE MODE;

-- name: number_new
CREATE TEMPORARY TABLE import_new ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('part', 'id')) AS part_id, ordered.number
FROM (
    SELECT number FROM import_match WHERE part_id IS NULL AND NOT is_sold ORDER BY number
) AS ordered;
ANALYZE import_new;

-- name: write_new
WITH inserted AS (
    INSERT INTO part (id, name, mark_id, model_id, price, json_data)
    SELECT
        import_new.part_id, import_row.name, import_vehicle.mark_id, import_vehicle.model_id, import_row.price,
        import_row.json_data::jsonb
    FROM import_new
    JOIN import_row ON import_row.number = import_new.number
    JOIN import_vehicle ON import_vehicle.mark = import_row.mark AND import_vehicle.model = import_row.model
    ORDER BY import_new.part_id
    RETURNING part.id, price_list_part_digest(part) AS digest
)
INSERT INTO price_list_change (import_id, part_id, kind, written_digest)
SELECT %(import_id)s, id, 'new', digest FROM inserted;

-- name: write_new_origins
INSERT INTO price_list_part (
    part_id, list_name, row_key, row_digest, row_identity, row_article, record_digest
)
SELECT
    import_new.part_id, %(source)s, coalesce(import_match.key, 'identity:' || import_new.part_id),
    import_match.digest, import_match.identity, import_match.article, import_match.record
FROM import_new JOIN import_match ON import_match.number = import_new.number
ORDER BY import_new.part_id;
