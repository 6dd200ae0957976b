-- The times of a part are the database's own. A default of the columns gives them to new parts; an UPDATE that changes a
-- part moves updated_at, whatever the client sends. Both may be given with an INSERT, as a copy of the catalog does.
CREATE FUNCTION partsearch_part_times() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    NEW.created_at := OLD.created_at;
    IF (NEW.name, NEW.mark_id, NEW.model_id, NEW.price, NEW.json_data, NEW.is_visible)
        IS DISTINCT FROM (OLD.name, OLD.mark_id, OLD.model_id, OLD.price, OLD.json_data, OLD.is_visible)
    THEN
        NEW.updated_at := pg_catalog.statement_timestamp();
    ELSE
        NEW.updated_at := OLD.updated_at;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER part_times BEFORE UPDATE ON part FOR EACH ROW EXECUTE FUNCTION partsearch_part_times();

-- What comes first among parts that match as well: 2 for a photo, 1 for being in stock. A part without a count is one that
-- its seller does not count, such as a used one: it is in stock. A photo is a text with addresses, or an array of them.
--
-- Blank is what contract/text.py calls empty: white space and invisible characters, listed because a locale's differ.
-- Neither our other functions nor a locale are used: an index may be built with a search_path of pg_catalog alone.
CREATE FUNCTION partsearch_quality(data jsonb) RETURNS smallint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
        CASE jsonb_typeof(data -> 'photo')
            WHEN 'string' THEN CASE
                WHEN data ->> 'photo' ~ '[!-~]' THEN 2
                WHEN data ->> 'photo'
                    ~ '[^\u0009-\u000D\u001C-\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]'
                    THEN 2
                ELSE 0
            END
            WHEN 'array' THEN CASE WHEN jsonb_array_length(data -> 'photo') > 0 THEN 2 ELSE 0 END
            ELSE 0
        END
        + CASE coalesce(jsonb_typeof(data -> 'count'), 'null')
            WHEN 'null' THEN 1
            WHEN 'number' THEN CASE WHEN (data -> 'count')::numeric > 0 THEN 1 ELSE 0 END
            ELSE 0
        END
    )::smallint;
