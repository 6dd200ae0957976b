-- The normalised part numbers of one value of json_data: a text, a number, or a list of them. Upper case letters and
-- digits, Latin letters for look-alikes. A text with several numbers gives each of them, shortened ones in full:
-- 2108-1203040/42. What cannot be separated is one number. price_list/part_numbers.py normalises in the same way; a test
-- compares the two.
--
-- Neither our other functions nor a locale are used: an index may be built with a search_path of pg_catalog alone.
CREATE FUNCTION partsearch_numbers_of(item jsonb) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    noise CONSTANT text := '[^0-9A-ZА-ЯҐЄ]+';
    several CONSTANT text := '[,;|\n/\\]';
    -- A text of a search has at most 200 characters, and an entry of a GIN index about 2,700 bytes.
    longest CONSTANT integer := 200;
    texts text[];
    found text[] := '{}';
    numbers text[];
    value text;
    whole text;
    piece text;
    parts text[];
    shortest integer;
    suffix integer;
BEGIN
    value := item #>> '{}';
    IF jsonb_typeof(item) = 'string' AND length(value) < 100 AND value !~ '[^0-9A-Z-]' AND value ~ '[0-9A-Z]' THEN
        -- Most numbers. The rest of the function would give the same in several times the time.
        RETURN ARRAY[replace(value, '-', '')];
    END IF;
    CASE jsonb_typeof(item)
        WHEN 'string', 'number' THEN texts := ARRAY[item #>> '{}'];
        WHEN 'array' THEN texts := ARRAY(SELECT jsonb_array_elements_text(item) LIMIT 1000);
        ELSE RETURN NULL;
    END CASE;
    FOREACH value IN ARRAY texts LOOP
        CONTINUE WHEN value IS NULL;
        value := left(value, 4000);
        IF value !~ '^[ -~]*$' THEN
            value := normalize(value, NFKD);
        END IF;
        value := translate(
            value,
            'abcdefghijklmnopqrstuvwxyzАВЕКМНОРСТУХІЈЅавекмнорстухіјѕбгджзилпфцчшщъыьэюяґє',
            'ABCDEFGHIJKLMNOPQRSTUVWXYZABEKMHOPCTYXIJSABEKMHOPCTYXIJSБГДЖЗИЛПФЦЧШЩЪЫЬЭЮЯҐЄ'
        );
        -- Артикул: D-127
        value := regexp_replace(
            value,
            '^\s*(APTИKYЛ|APT|(KATAЛOЖHЫ\S+|KAT\.?)\s*HOMEP|HOMEP|KOД|OEM|PART\s*(NO|NUMBER)|ART|NO)\s*[.:#]*[:.\s#]\s*',
            ''
        );
        whole := regexp_replace(value, noise, '', 'g');
        IF value !~ several THEN
            IF length(whole) BETWEEN 1 AND longest THEN
                found := found || whole;
            END IF;
            CONTINUE;
        END IF;
        numbers := '{}';
        FOREACH piece IN ARRAY regexp_split_to_array(value, '\s*[,;|\n]\s*|\s+[/\\]\s+') LOOP
            parts := ARRAY(
                SELECT regexp_replace(part, noise, '', 'g')
                FROM unnest(string_to_array(piece, '/')) WITH ORDINALITY AS split (part, place) ORDER BY place
            );
            shortest := (SELECT min(length(part)) FROM unnest(parts) AS split (part));
            suffix := length(parts[2]);
            IF shortest >= 8 OR (shortest >= 4 AND shortest = (SELECT max(length(part)) FROM unnest(parts) AS split (part))) THEN
                numbers := numbers || parts;
            ELSIF length(parts[1]) > 4 AND right(rtrim(split_part(piece, '/', 1)), suffix) ~ '^[0-9]+$'
                AND (SELECT bool_and(part ~ '^[0-9]{2,4}$' AND length(part) = suffix) FROM unnest(parts[2:]) AS split (part))
            THEN
                numbers := numbers || parts[1] || ARRAY(
                    SELECT left(parts[1], -suffix) || part FROM unnest(parts[2:]) AS split (part)
                );
            ELSE
                -- Ambiguous: the piece as it is, and what in it can only be a number.
                numbers := numbers || regexp_replace(piece, noise, '', 'g')
                    || ARRAY(SELECT part FROM unnest(parts) AS split (part) WHERE length(part) > 4);
            END IF;
        END LOOP;
        IF EXISTS (SELECT FROM unnest(numbers) AS split (number) WHERE length(number) < 4 OR number !~ '[0-9]') THEN
            numbers := numbers || whole;
        END IF;
        found := found || ARRAY(
            SELECT DISTINCT number FROM unnest(numbers) AS split (number)
            WHERE number = whole AND length(number) BETWEEN 1 AND longest
                OR number ~ '[0-9]' AND length(number) BETWEEN 4 AND longest
        );
    END LOOP;
    RETURN found;
END
$$;

-- The normalised part numbers of a part, for equality by an index: NULL for a part without any.
CREATE FUNCTION partsearch_numbers(json_data jsonb) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN partsearch_numbers_of(json_data -> 'article') || partsearch_numbers_of(json_data -> 'oem');
