-- What an import or its undoing has changed, brought into the planes of the totals before anybody sees it: a search would read each part
-- that waits to be folded. The rows of these parts are locked, and totals_state too (wait_for_fold): nobody else changes
-- them or the planes until the end of the transaction. Parts that others have changed are left to the next fold.

-- name: is_totals_ready
SELECT is_ready FROM totals_state;

-- name: create_unfolded
DROP TABLE IF EXISTS pg_temp.import_unfolded;
CREATE TEMPORARY TABLE import_unfolded (part_id bigint, segment bigint) ON COMMIT DROP;

-- name: find_unfolded_changed
INSERT INTO import_unfolded
SELECT DISTINCT part_id, totals_segment_of(part_id) FROM totals_change
WHERE part_id IN (SELECT part_id FROM import_change WHERE is_written OR hides OR shows);

-- New parts that have got no planes when they were written.
-- name: find_unfolded_new
INSERT INTO import_unfolded
SELECT DISTINCT part_id, totals_segment_of(part_id) FROM totals_change
WHERE part_id IN (SELECT part_id FROM import_new);

-- name: find_unfolded_undone
INSERT INTO import_unfolded
SELECT DISTINCT part_id, totals_segment_of(part_id) FROM totals_change
WHERE part_id IN (SELECT part_id FROM import_undo WHERE kind <> 'key' AND NOT is_edited);

-- name: analyze_unfolded
ANALYZE import_unfolded;

-- name: unfolded_segments
SELECT segment, array_agg(part_id ORDER BY part_id) FROM import_unfolded GROUP BY segment ORDER BY segment;

-- name: forget_folded
DELETE FROM totals_change WHERE part_id IN (SELECT part_id FROM import_unfolded);
