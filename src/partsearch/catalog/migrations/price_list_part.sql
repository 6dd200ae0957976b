-- The origin of a part follows the part, whoever changes it. A foreign key would forbid TRUNCATE part. The right to
-- change the table part is enough, as with a foreign key: hence SECURITY DEFINER.
CREATE FUNCTION price_list_part_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM price_list_part USING deleted_part WHERE price_list_part.part_id = deleted_part.id;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE price_list_part SET part_id = new.id WHERE part_id = old.id;
    ELSE
        DELETE FROM price_list_part;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER price_list_part_delete AFTER DELETE ON part
    REFERENCING OLD TABLE AS deleted_part FOR EACH STATEMENT EXECUTE FUNCTION price_list_part_follow();

CREATE TRIGGER price_list_part_truncate AFTER TRUNCATE ON part
    FOR EACH STATEMENT EXECUTE FUNCTION price_list_part_follow();

CREATE TRIGGER price_list_part_update AFTER UPDATE OF id ON part
    FOR EACH ROW WHEN (old.id <> new.id) EXECUTE FUNCTION price_list_part_follow();
