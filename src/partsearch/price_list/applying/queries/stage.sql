-- The rows of a list in temporary tables of the import's transaction, each key once.

-- name: create_tables
CREATE TEMPORARY TABLE import_record (number integer, record uuid) ON COMMIT DROP;
-- A row that is known by its cells has a part_id, and no mark, model, name, price and json_data.
CREATE TEMPORARY TABLE import_row (
    number integer,
    key text,
    has_id boolean,
    reference bigint,
    article text,
    identity uuid,
    digest text,
    record uuid,
    is_sold boolean,
    part_id bigint,
    mark text,
    model text,
    name text,
    price numeric(12, 2),
    json_data text
) ON COMMIT DROP;
-- The keys of rows that cannot be used: their parts are not gone.
CREATE TEMPORARY TABLE import_unusable (key text) ON COMMIT DROP;
CREATE TEMPORARY TABLE import_rejected (number integer, reason text, detail text) ON COMMIT DROP;
CREATE TEMPORARY TABLE import_vehicle (mark text, model text, mark_id bigint, model_id bigint) ON COMMIT DROP;

-- A time limit of the role is for its searches.
-- name: set_limits
SET LOCAL statement_timeout = '2h';
SET LOCAL idle_in_transaction_session_timeout = '2h';
SET LOCAL work_mem = '64MB';

-- Of an import before in the same transaction. Tables of others with these names are theirs.
-- name: drop_tables
DROP TABLE IF EXISTS
    pg_temp.import_record, pg_temp.import_row, pg_temp.import_unusable, pg_temp.import_rejected, pg_temp.import_vehicle,
    pg_temp.import_match, pg_temp.import_change, pg_temp.import_new, pg_temp.import_unfolded;

-- name: copy_records
COPY import_record (number, record) FROM STDIN;

-- name: copy_rows
COPY import_row (
    number, key, has_id, reference, article, identity, digest, record, is_sold, mark, model, name, price, json_data
) FROM STDIN;

-- name: copy_unusable
COPY import_unusable (key) FROM STDIN;

-- name: copy_vehicles
COPY import_vehicle (mark, model, mark_id, model_id) FROM STDIN;

-- name: has_known_records
SELECT EXISTS (SELECT FROM price_list_part WHERE list_name = %(list_name)s AND record_digest IS NOT NULL);

-- Rows with the same cells as the last time, read in the same way, are the rows of the same parts. A part that the list
-- did not have in the meantime is compared as others are.
-- name: take_known_records
INSERT INTO import_row (number, key, has_id, article, identity, digest, record, is_sold, part_id)
SELECT
    import_record.number,
    CASE WHEN starts_with(known.row_key, 'id:') OR starts_with(known.row_key, 'long id:') THEN known.row_key END,
    starts_with(known.row_key, 'id:') OR starts_with(known.row_key, 'long id:'),
    known.row_article, known.row_identity, known.row_digest, known.record_digest, FALSE, known.part_id
FROM import_record JOIN price_list_part AS known ON known.record_digest = import_record.record
WHERE known.list_name = %(list_name)s AND NOT known.is_hidden_by_import;

-- A row that the list has twice, and a part of which there are two, are compared as others are.
-- name: drop_ambiguous_records
DELETE FROM import_row
WHERE number IN (SELECT number FROM import_row GROUP BY number HAVING count(*) > 1)
    OR part_id IN (SELECT part_id FROM import_row GROUP BY part_id HAVING count(*) > 1);

-- name: unknown_records
SELECT number FROM import_record
WHERE NOT EXISTS (SELECT FROM import_row WHERE import_row.number = import_record.number);

-- Another import of this source may have ended since the records were compared.
-- name: is_known_outdated
SELECT EXISTS (
    SELECT FROM import_row
    LEFT JOIN price_list_part AS known ON known.part_id = import_row.part_id
        AND known.list_name = %(list_name)s
        AND known.record_digest = import_row.record
        AND known.row_digest = import_row.digest
        AND NOT known.is_hidden_by_import
    WHERE import_row.part_id IS NOT NULL AND known.part_id IS NULL
);

-- name: analyze_records
ANALYZE import_record;

-- name: analyze_rows
ANALYZE import_row;

-- name: analyze_vehicles
ANALYZE import_vehicle;

-- name: reject_missing_references
WITH rejected AS (
    DELETE FROM import_row
    WHERE reference IS NOT NULL AND NOT EXISTS (SELECT FROM part WHERE part.id = import_row.reference)
    RETURNING number, reference
)
INSERT INTO import_rejected SELECT number, 'no part with this reference', reference FROM rejected;

-- Of rows with the same key the first is used. A row without an id whose content is that of another one says nothing
-- new; one that differs only in the price is another part. Rows that are known by their cells do not repeat each other.
-- name: reject_repeats
WITH read_again AS MATERIALIZED (
    SELECT coalesce(key, identity::text) AS compared FROM import_row WHERE part_id IS NULL
), numbered AS (
    SELECT
        number, key,
        row_number() OVER (PARTITION BY compared COLLATE "C", digest COLLATE "C" ORDER BY number) AS repetition,
        min(number) OVER (PARTITION BY compared COLLATE "C") AS first_number
    FROM (SELECT number, key, digest, coalesce(key, identity::text) AS compared FROM import_row) AS compared_row
    WHERE compared IN (SELECT compared FROM read_again)
), rejected AS (
    DELETE FROM import_row USING numbered
    WHERE numbered.number = import_row.number
        AND (numbered.repetition > 1 OR (numbered.key IS NOT NULL AND numbered.first_number < numbered.number))
    RETURNING numbered.*
)
INSERT INTO import_rejected
SELECT
    number,
    CASE WHEN repetition > 1 THEN 'repeats an earlier row' ELSE 'has the id of an earlier row' END,
    CASE WHEN repetition > 1 THEN ''
        ELSE regexp_replace(key, '^(long )?[a-z]+:', '') || ', row ' || first_number
    END
FROM rejected;

-- name: has_rejected
SELECT EXISTS (SELECT FROM import_rejected);

-- name: rejected_rows
SELECT number, reason, detail FROM import_rejected ORDER BY number

-- name: forget_rejected
TRUNCATE import_rejected;

-- name: has_references
SELECT EXISTS (SELECT FROM import_row WHERE reference IS NOT NULL);

-- name: vehicles_of_rows
SELECT mark, model, count(*), min(number) FROM import_row WHERE part_id IS NULL
GROUP BY mark, model ORDER BY count(*) DESC, min(number);
