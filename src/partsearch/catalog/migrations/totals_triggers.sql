-- They run with the rights of their owner: whoever may write parts need not have rights on these tables.
--
-- The triggers only insert: two writers never wait for each other. The planes keep the state of the last fold; each
-- search takes the parts that are in totals_change out of the planes and reads them from the table part.

-- What a statement that inserts many rows with neighbouring ids adds gets planes of its own at once: a layer.
CREATE FUNCTION totals_part_inserted() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
AS $$
DECLARE
    layer bigint;
    filled record;
BEGIN
    SELECT count(*) AS parts, count(DISTINCT totals_segment_of(id)) AS segments INTO filled FROM new_part;
    IF filled.parts >= 20000 AND filled.parts >= 10000 * filled.segments
        -- In a snapshot of before, a mark that has been hidden meanwhile is still visible.
        AND current_setting('transaction_isolation') = 'read committed'
        -- Somebody else builds the planes while this load goes on with the next parts.
        AND current_setting('partsearch.totals_later', true) IS DISTINCT FROM 'on'
    THEN
        BEGIN
            LOCK TABLE totals_state IN SHARE ROW EXCLUSIVE MODE NOWAIT;
            layer := nextval('totals_layer');
            FOR filled IN
                SELECT totals_segment_of(id) AS segment, array_agg(id) AS ids
                FROM new_part
                -- The planes still have the part that had this id before.
                WHERE id NOT IN (SELECT part_id FROM totals_change)
                    -- A transaction may insert a mark after its parts.
                    AND mark_id IN (SELECT mark.id FROM mark)
                GROUP BY segment
            LOOP
                PERFORM totals_build(filled.segment, layer, filled.ids);
            END LOOP;
            INSERT INTO totals_change (part_id)
            SELECT id FROM new_part
            WHERE id IN (SELECT part_id FROM totals_change) OR mark_id NOT IN (SELECT mark.id FROM mark);
            RETURN NULL;
        EXCEPTION WHEN lock_not_available THEN
            -- Another load, or a fold: the parts are folded later, as those of a small statement are.
            NULL;
        END;
    END IF;
    INSERT INTO totals_change (part_id) SELECT id FROM new_part;
    RETURN NULL;
END
$$;

-- Of updated and of removed parts.
CREATE FUNCTION totals_part_changed() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
AS $$
BEGIN
    INSERT INTO totals_change (
        part_id, name, mark_id, model_id, price, is_visible, attributes
    )
    SELECT id, name_normalized, mark_id, model_id, price, is_visible, attributes FROM old_part;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO totals_change (part_id) SELECT id FROM new_part EXCEPT SELECT id FROM old_part;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION totals_part_truncated() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
AS $$
BEGIN
    -- Not totals_mark_change, which a writer of marks may have locked before it wants to lock the table part.
    TRUNCATE totals_sum, totals_plane, totals_segment, totals_change;
    RETURN NULL;
END
$$;

CREATE FUNCTION totals_mark_updated() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
AS $$
BEGIN
    INSERT INTO totals_mark_change (mark_id)
    SELECT DISTINCT id
    FROM (
        (
            SELECT id, is_visible, producer_country_name_normalized FROM old_mark
            EXCEPT SELECT id, is_visible, producer_country_name_normalized FROM new_mark
        )
        UNION ALL
        (
            SELECT id, is_visible, producer_country_name_normalized FROM new_mark
            EXCEPT SELECT id, is_visible, producer_country_name_normalized FROM old_mark
        )
    ) AS changed;
    RETURN NULL;
END
$$;

-- A transaction may insert a mark with the id of one that it has removed: the parts stay.
CREATE FUNCTION totals_mark_deleted() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
AS $$
BEGIN
    INSERT INTO totals_mark_change (mark_id) SELECT id FROM old_mark;
    RETURN NULL;
END
$$;

CREATE FUNCTION totals_model_updated() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
AS $$
BEGIN
    INSERT INTO totals_mark_change (mark_id)
    SELECT DISTINCT new_model.mark_id
    FROM new_model LEFT JOIN old_model ON old_model.id = new_model.id
    -- A new id may be that of a model that was there before.
    WHERE new_model.is_visible IS DISTINCT FROM old_model.is_visible;
    RETURN NULL;
END
$$;

CREATE FUNCTION totals_model_deleted() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
AS $$
BEGIN
    INSERT INTO totals_mark_change (mark_id) SELECT DISTINCT mark_id FROM old_model;
    RETURN NULL;
END
$$;

CREATE TRIGGER totals_inserted AFTER INSERT ON part
    REFERENCING NEW TABLE AS new_part FOR EACH STATEMENT EXECUTE FUNCTION totals_part_inserted();
CREATE TRIGGER totals_updated AFTER UPDATE ON part
    REFERENCING OLD TABLE AS old_part NEW TABLE AS new_part FOR EACH STATEMENT EXECUTE FUNCTION totals_part_changed();
CREATE TRIGGER totals_deleted AFTER DELETE ON part
    REFERENCING OLD TABLE AS old_part FOR EACH STATEMENT EXECUTE FUNCTION totals_part_changed();
CREATE TRIGGER totals_truncated AFTER TRUNCATE ON part
    FOR EACH STATEMENT EXECUTE FUNCTION totals_part_truncated();
CREATE TRIGGER totals_updated AFTER UPDATE ON mark
    REFERENCING OLD TABLE AS old_mark NEW TABLE AS new_mark FOR EACH STATEMENT EXECUTE FUNCTION totals_mark_updated();
CREATE TRIGGER totals_deleted AFTER DELETE ON mark
    REFERENCING OLD TABLE AS old_mark FOR EACH STATEMENT EXECUTE FUNCTION totals_mark_deleted();
CREATE TRIGGER totals_updated AFTER UPDATE ON model
    REFERENCING OLD TABLE AS old_model NEW TABLE AS new_model FOR EACH STATEMENT EXECUTE FUNCTION totals_model_updated();
CREATE TRIGGER totals_deleted AFTER DELETE ON model
    REFERENCING OLD TABLE AS old_model FOR EACH STATEMENT EXECUTE FUNCTION totals_model_deleted();

-- With a search path of their own, they do not run what somebody else has put into another schema.
DO $$
DECLARE
    trigger_function text;
BEGIN
    FOREACH trigger_function IN ARRAY '{part_inserted,part_changed,part_truncated,mark_updated,mark_deleted,model_updated,model_deleted}'::text[]
    LOOP
        EXECUTE format(
            'ALTER FUNCTION totals_%s() SET search_path = %I, pg_temp', trigger_function, current_schema()
        );
    END LOOP;
END
$$;
