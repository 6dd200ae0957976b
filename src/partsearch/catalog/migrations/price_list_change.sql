-- What an import has done to a part follows the part, as its origin does (price_list_part.sql): to another id, and away
-- with all parts. The right to change the table part is enough: hence SECURITY DEFINER.
CREATE FUNCTION price_list_change_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- The index begins with the import, and PostgreSQL before 18 would read all of it: the few imports are looked up.
        UPDATE price_list_change SET part_id = new.id
        WHERE part_id = old.id AND import_id IN (
            WITH RECURSIVE imports AS (
                (SELECT import_id FROM price_list_change ORDER BY import_id LIMIT 1)
                UNION ALL
                SELECT (
                    SELECT min(later.import_id) FROM price_list_change AS later
                    WHERE later.import_id > imports.import_id
                )
                FROM imports WHERE imports.import_id IS NOT NULL
            )
            SELECT import_id FROM imports
        );
    ELSE
        DELETE FROM price_list_change;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER price_list_change_truncate AFTER TRUNCATE ON part
    FOR EACH STATEMENT EXECUTE FUNCTION price_list_change_follow();

CREATE TRIGGER price_list_change_update AFTER UPDATE OF id ON part
    FOR EACH ROW WHEN (old.id <> new.id) EXECUTE FUNCTION price_list_change_follow();

-- A release that does not know record_digest may import a list too, after a rollback.
CREATE FUNCTION price_list_part_forget_record() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    new.record_digest := NULL;
    RETURN new;
END
$$;

CREATE TRIGGER price_list_part_digest_changed BEFORE UPDATE OF row_digest ON price_list_part
    FOR EACH ROW
    WHEN (new.row_digest <> old.row_digest AND new.record_digest IS NOT DISTINCT FROM old.record_digest)
    EXECUTE FUNCTION price_list_part_forget_record();

-- Of a part as it is; an edit gives another one. Not IMMUTABLE: the text of a row depends on settings.
CREATE FUNCTION price_list_part_digest(part) RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT md5(($1.name, $1.mark_id, $1.model_id, $1.price, $1.json_data, $1.is_visible)::text)::uuid
$$;

INSERT INTO catalog_key (id, key) VALUES (1, left(replace(gen_random_uuid()::text, '-', ''), 12));
