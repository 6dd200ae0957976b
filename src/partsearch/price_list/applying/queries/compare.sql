-- What the import has to do: one row of import_change for each known part that it touches.

-- name: find_changes
CREATE TEMPORARY TABLE import_change ON COMMIT DROP AS
SELECT
    known.part_id,
    import_match.number,
    NOT import_match.is_sold AND import_match.digest <> known.row_digest AS is_written,
    import_match.is_sold AND NOT known.is_hidden_by_import AS hides,
    NOT import_match.is_sold AND known.is_hidden_by_import AS comes_back,
    FALSE AS shows,
    NOT import_match.is_sold AND (
        known.row_key <> coalesce(import_match.key, 'identity:' || known.part_id)
        OR known.row_article <> import_match.article
        OR known.row_identity IS DISTINCT FROM import_match.identity
        OR known.record_digest IS DISTINCT FROM import_match.record
    ) AS is_rekeyed,
    FALSE AS releases_key
FROM import_match JOIN price_list_part AS known ON known.part_id = import_match.part_id
WHERE import_match.reference IS NULL
    AND (
        import_match.is_sold
        OR known.is_hidden_by_import
        OR import_match.digest <> known.row_digest
        OR known.list_name <> %(source)s
        OR known.row_key <> coalesce(import_match.key, 'identity:' || known.part_id)
        OR known.row_article <> import_match.article
        OR known.row_identity IS DISTINCT FROM import_match.identity
        OR known.record_digest IS DISTINCT FROM import_match.record
    );

-- The parts that the list names itself are compared as they are now.
-- name: find_changes_of_references
INSERT INTO import_change
SELECT
    part.id, import_row.number,
    NOT import_row.is_sold AND (
        part.name <> import_row.name
        OR part.mark_id IS DISTINCT FROM import_vehicle.mark_id
        OR part.model_id IS DISTINCT FROM import_vehicle.model_id
        OR part.price <> import_row.price
        OR part.json_data <> import_row.json_data::jsonb
    ),
    import_row.is_sold AND NOT coalesce(known.is_hidden_by_import, FALSE),
    FALSE, FALSE, FALSE, FALSE
FROM import_row
JOIN import_vehicle ON import_vehicle.mark = import_row.mark AND import_vehicle.model = import_row.model
JOIN part ON part.id = import_row.reference
LEFT JOIN price_list_part AS known ON known.part_id = part.id
WHERE import_row.reference IS NOT NULL;

-- name: find_gone
INSERT INTO import_change
SELECT known.part_id, NULL, FALSE, NOT known.is_hidden_by_import, FALSE, FALSE, FALSE, FALSE
FROM price_list_part AS known
WHERE known.list_name = %(list_name)s
    AND (NOT known.is_hidden_by_import OR known.list_name <> %(source)s)
    AND NOT EXISTS (SELECT FROM import_match WHERE import_match.part_id = known.part_id)
    AND NOT EXISTS (SELECT FROM import_unusable WHERE import_unusable.key = known.row_key)
    -- Several rows have this article, or had it: then it is not the key.
    AND NOT EXISTS (
        SELECT FROM import_unusable WHERE known.row_article <> '' AND import_unusable.key = 'article:' || known.row_article
    );

-- A key belongs to the part whose row has it now.
-- name: release_keys
WITH released AS (
    SELECT known.part_id
    FROM import_match JOIN price_list_part AS known ON known.row_key = import_match.key
    WHERE known.list_name = ANY (ARRAY[%(list_name)s, %(source)s]) AND NOT import_match.is_sold
        AND import_match.part_id IS DISTINCT FROM known.part_id
), marked AS (
    UPDATE import_change SET releases_key = TRUE FROM released WHERE released.part_id = import_change.part_id
    RETURNING import_change.part_id
)
INSERT INTO import_change
SELECT part_id, NULL, FALSE, FALSE, FALSE, FALSE, FALSE, TRUE FROM released
WHERE NOT EXISTS (SELECT FROM marked WHERE marked.part_id = released.part_id);

-- name: lock_parts
SELECT count(*) FROM (
    SELECT part.id FROM part
    WHERE part.id IN (SELECT part_id FROM import_change WHERE is_written OR hides OR comes_back)
    ORDER BY part.id FOR NO KEY UPDATE
) AS locked;

-- name: drop_changes_of_deleted_parts
DELETE FROM import_change WHERE NOT EXISTS (SELECT FROM part WHERE part.id = import_change.part_id);

-- Who hides a part by hand, or shows it, is right.
-- name: respect_visibility
UPDATE import_change SET hides = hides AND part.is_visible, shows = comes_back AND NOT part.is_visible
FROM part WHERE part.id = import_change.part_id AND (hides OR comes_back);

-- name: drop_empty_changes
DELETE FROM import_change
WHERE NOT (is_written OR hides OR comes_back OR is_rekeyed OR releases_key)
    AND NOT EXISTS (
        SELECT FROM price_list_part AS known
        WHERE known.part_id = import_change.part_id AND known.list_name <> %(source)s AND known.list_name = %(list_name)s
    );

-- name: analyze_changes
ANALYZE import_change;

-- name: count_rows
SELECT
    count(*),
    count(*) FILTER (WHERE part_id IS NULL AND NOT is_sold),
    count(*) FILTER (WHERE part_id IS NULL AND is_sold),
    count(*) FILTER (WHERE part_id IS NOT NULL AND NOT is_sold)
FROM import_match;

-- name: count_changes
SELECT
    count(*) FILTER (WHERE is_written),
    count(*) FILTER (WHERE hides AND number IS NULL),
    count(*) FILTER (WHERE hides AND number IS NOT NULL),
    count(*) FILTER (WHERE shows),
    count(*)
FROM import_change;

-- name: count_shown_parts
SELECT count(*) FROM price_list_part AS known JOIN part ON part.id = known.part_id
WHERE known.list_name = %(list_name)s AND part.is_visible;

-- The marks and models that do not exist yet, of the rows that are written.
-- name: missing_vehicles
SELECT import_vehicle.mark, import_vehicle.model, count(*), min(import_row.number)
FROM import_vehicle
JOIN import_row ON import_row.mark = import_vehicle.mark AND import_row.model = import_vehicle.model
JOIN import_match ON import_match.number = import_row.number
LEFT JOIN import_change ON import_change.number = import_match.number
WHERE import_vehicle.model_id IS NULL
    AND ((import_match.part_id IS NULL AND NOT import_match.is_sold) OR import_change.is_written)
GROUP BY import_vehicle.mark, import_vehicle.model ORDER BY count(*) DESC, min(import_row.number);

-- name: set_vehicle_ids
UPDATE import_vehicle SET mark_id = created.mark_id, model_id = created.model_id
FROM unnest(%(marks)s::text[], %(models)s::text[], %(mark_ids)s::bigint[], %(model_ids)s::bigint[])
    AS created (mark, model, mark_id, model_id)
WHERE import_vehicle.mark = created.mark AND import_vehicle.model = created.model;

-- name: has_hidden_names
SELECT EXISTS (SELECT FROM mark WHERE NOT is_visible) OR EXISTS (SELECT FROM model WHERE NOT is_visible);

-- The mark of a row if it is hidden, else its model. A row that is not written is where its part is.
-- name: rows_in_hidden
SELECT
    CASE WHEN mark.is_visible THEN mark.name || ' ' || model.name ELSE mark.name END AS hidden_name, count(*)
FROM import_match
LEFT JOIN import_change ON import_change.number = import_match.number
LEFT JOIN import_row ON import_row.number = import_match.number
LEFT JOIN import_vehicle ON import_vehicle.mark = import_row.mark AND import_vehicle.model = import_row.model
    AND (import_match.part_id IS NULL OR import_change.is_written)
LEFT JOIN part ON part.id = import_match.part_id AND import_change.is_written IS NOT TRUE
JOIN mark ON mark.id = coalesce(part.mark_id, import_vehicle.mark_id)
LEFT JOIN model ON model.id = coalesce(part.model_id, import_vehicle.model_id)
WHERE NOT import_match.is_sold AND NOT (mark.is_visible AND coalesce(model.is_visible, TRUE))
GROUP BY hidden_name ORDER BY count(*) DESC, hidden_name;

-- name: examples_of_new
SELECT import_row.number, import_row.mark, import_row.model, import_row.name, import_row.price
FROM import_match JOIN import_row ON import_row.number = import_match.number
WHERE import_match.part_id IS NULL AND NOT import_match.is_sold
ORDER BY import_row.number LIMIT %(most)s;

-- name: examples_of_changed
SELECT
    import_row.number, import_row.mark, import_row.model, import_row.name, import_row.price, import_row.json_data,
    mark.name, model.name, part.name, part.price, part.json_data::text,
    part.mark_id IS DISTINCT FROM import_vehicle.mark_id, part.model_id IS DISTINCT FROM import_vehicle.model_id
FROM import_change
JOIN import_row ON import_row.number = import_change.number
JOIN import_vehicle ON import_vehicle.mark = import_row.mark AND import_vehicle.model = import_row.model
JOIN part ON part.id = import_change.part_id JOIN mark ON mark.id = part.mark_id JOIN model ON model.id = part.model_id
WHERE import_change.is_written
ORDER BY import_row.number LIMIT %(most)s;

-- name: examples_of_visibility
SELECT import_change.number, mark.name, model.name, part.name, part.price
FROM import_change
JOIN part ON part.id = import_change.part_id JOIN mark ON mark.id = part.mark_id JOIN model ON model.id = part.model_id
WHERE (%(is_hiding)s AND import_change.hides) OR (NOT %(is_hiding)s AND import_change.shows)
ORDER BY import_change.number NULLS LAST, part.id LIMIT %(most)s;

-- A price of 0 is none: what becomes of it is no rise.
-- name: count_price_moves
SELECT
    count(*) FILTER (WHERE import_row.price > part.price),
    count(*) FILTER (WHERE import_row.price < part.price),
    count(*) FILTER (
        WHERE part.price > 0 AND (import_row.price >= part.price * 10 OR import_row.price * 10 <= part.price)
    )
FROM import_change
JOIN import_row ON import_row.number = import_change.number
JOIN part ON part.id = import_change.part_id
WHERE import_change.is_written;

-- name: largest_price_moves
SELECT import_row.number, import_row.mark, import_row.model, import_row.name, import_row.price, part.price
FROM import_change
JOIN import_row ON import_row.number = import_change.number
JOIN part ON part.id = import_change.part_id
WHERE import_change.is_written AND part.price > 0 AND import_row.price > 0 AND part.price <> import_row.price
ORDER BY greatest(import_row.price / part.price, part.price / import_row.price) DESC, import_row.number
LIMIT %(most)s;
