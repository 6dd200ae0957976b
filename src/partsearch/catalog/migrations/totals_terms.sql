-- Where the bit of a part is: each segment covers 64,000 ids, because a plane must fit into one page of 8 KB.
CREATE FUNCTION totals_segment_of(part_id bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN part_id < 0 THEN (part_id + 1) / 64000 - 1 ELSE part_id / 64000 END;

CREATE FUNCTION totals_position_of(part_id bigint) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (part_id % 64000 + 64000) % 64000;

-- The id at a position; the nearest one if there is none.
CREATE FUNCTION totals_id_at(segment bigint, place integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN least(greatest(segment * 64000.0 + place, -9223372036854775808), 9223372036854775807)::bigint;

-- The value of a key of json_data as a key: "5:color=белый", "4:year#2010", "11:is_new_part?true". Null for what no search
-- can ask for.
CREATE FUNCTION totals_param(name text, kind text, content text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
        SELECT length(name) || ':' || name || scalar.sign || scalar.content
        FROM (
            SELECT
                CASE kind WHEN 'string' THEN '=' WHEN 'number' THEN '#' WHEN 'boolean' THEN '?' END AS sign,
                CASE kind WHEN 'number' THEN trim_scale(content::numeric)::text ELSE content END AS content
        ) AS scalar
        WHERE length(name) <= 200 AND length(scalar.content) <= 200
    );

-- The pieces of one and two letters of a word.
CREATE FUNCTION totals_pieces(word text) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT substr(word, first, size)
    FROM generate_series(1, 2) AS size, generate_series(1, length(word) - size + 1) AS first
$$;

-- The keys that a normalised name has: its words; the pieces of one and two letters of its words; its pairs of
-- neighbouring words. A pair keeps only the letters next to the space of a word with digits, for numbers are mostly
-- unique. A chain of pairs proves a phrase only if no word occurs twice; a name where one does is a key as a whole.
CREATE FUNCTION totals_name_terms(name text) RETURNS TABLE (attribute text, value text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    WITH word AS MATERIALIZED (
        SELECT found.word, found.number,
            CASE WHEN found.word ~ '[0-9]' THEN '…' || substring(found.word from '[^0-9]*$') ELSE found.word END AS tail,
            CASE WHEN found.word ~ '[0-9]' THEN substring(found.word from '^[^0-9]*') || '…' ELSE found.word END AS head
        FROM unnest(string_to_array(name, ' ')) WITH ORDINALITY AS found (word, number)
    ), shape AS MATERIALIZED (
        SELECT count(*) = count(DISTINCT word.word) AS is_regular FROM word
    )
    SELECT 'word', word.word FROM word
    UNION
    SELECT 'piece', piece FROM word CROSS JOIN LATERAL totals_pieces(word.word) AS piece
    UNION
    SELECT 'pair', word.tail || ' ' || following.head
    FROM word JOIN word AS following ON following.number = word.number + 1 JOIN shape ON shape.is_regular
    WHERE word.tail <> '…' AND following.head <> '…'
    UNION
    SELECT 'phrase', name FROM shape WHERE NOT shape.is_regular
$$;

-- The keys that a price has, in kopecks. "5>=2": its sixth decimal digit from the right is at least 2. "5+": it has
-- a digit that is not 0 above the sixth. "5-": it has one below the sixth. And for the sums the bits of its digits, four
-- for each: prices that people write end in zeros, which have none.
CREATE FUNCTION totals_price_terms(kopecks bigint) RETURNS TABLE (attribute text, value text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT 'price', place || '>=' || least
    FROM generate_series(0, 11) AS place, generate_series(1, 9) AS least
    WHERE kopecks / (10 ^ place)::bigint % 10 >= least
    UNION ALL
    SELECT 'price', place || '+' FROM generate_series(0, 10) AS place WHERE kopecks >= (10 ^ (place + 1))::bigint
    UNION ALL
    SELECT 'price', place || '-' FROM generate_series(1, 11) AS place WHERE kopecks % (10 ^ place)::bigint > 0
    UNION ALL
    SELECT 'digit', bit::text
    FROM generate_series(0, 47) AS bit
    WHERE kopecks / (10 ^ (bit / 4))::bigint % 10 >> bit % 4 & 1 = 1
$$;

-- The kopecks that a bit of a digit stands for: 1, 2, 4, 8, 10, 20, 40, 80, 100…
CREATE FUNCTION totals_digit_value(digit_bit integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (10 ^ (digit_bit / 4))::bigint << digit_bit % 4;

-- totals_bits(position, 1): the bit string of a segment with the bits at these positions set. Each bit copies the string,
-- so many bits are set in blocks of 1,000, which totals_blocks(bits, first + 1) puts together. Each statement that uses
-- one reads its first value anew, even for no rows: in hexadecimal digits that takes a quarter of the time.
DO $$
BEGIN
    EXECUTE format(
        'CREATE AGGREGATE totals_bits(integer, integer) (SFUNC = set_bit, STYPE = bit, INITCOND = %L)', 'x' || repeat('0', 16000)
    );
    EXECUTE format(
        'CREATE AGGREGATE totals_block(integer, integer) (SFUNC = set_bit, STYPE = bit, INITCOND = %L)', 'x' || repeat('0', 250)
    );
    EXECUTE format(
        'CREATE AGGREGATE totals_blocks(bit, integer) (SFUNC = "overlay", STYPE = bit, INITCOND = %L)', 'x' || repeat('0', 16000)
    );
END
$$;

CREATE FUNCTION totals_key_id(key_attribute text, key_value text) RETURNS integer
    LANGUAGE plpgsql
AS $$
DECLARE
    found integer;
BEGIN
    SELECT id INTO found FROM totals_key WHERE attribute = key_attribute AND value = key_value;
    IF found IS NULL THEN
        INSERT INTO totals_key (attribute, value) VALUES (key_attribute, key_value) RETURNING id INTO found;
    END IF;
    RETURN found;
END
$$;
