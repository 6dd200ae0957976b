-- What 0010_price_planes changes: the keys ">=2e5" beside those that the release before asks for.
-- The keys that a price has, in kopecks. ">=2e5": it is at least 2 * 10^5. "5>=2": its digit of 10^5 is at least 2. "5-":
-- it has a digit below that of 10^5 that is not 0; "5+": one above it, which only the release before asks for. And for
-- the sums the bits of its digits, four for each: prices that people write end in zeros, which have none.
CREATE OR REPLACE FUNCTION totals_price_terms(kopecks bigint) RETURNS TABLE (attribute text, value text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT 'price', place || '>=' || least
    FROM generate_series(0, 11) AS place, generate_series(1, 9) AS least
    WHERE kopecks / (10 ^ place)::bigint % 10 >= least
    UNION ALL
    SELECT 'price', '>=' || least || 'e' || place
    FROM generate_series(0, 11) AS place, generate_series(1, 9) AS least
    WHERE kopecks >= least * (10 ^ place)::bigint
    UNION ALL
    SELECT 'price', place || '+' FROM generate_series(0, 10) AS place WHERE kopecks >= (10 ^ (place + 1))::bigint
    UNION ALL
    SELECT 'price', place || '-' FROM generate_series(1, 11) AS place WHERE kopecks % (10 ^ place)::bigint > 0
    UNION ALL
    SELECT 'digit', bit::text
    FROM generate_series(0, 47) AS bit
    WHERE kopecks / (10 ^ (bit / 4))::bigint % 10 >> bit % 4 & 1 = 1
$$;

-- Write the planes of one layer of a segment from the table part. The caller holds the lock of the totals.
CREATE OR REPLACE FUNCTION totals_build(target_segment bigint, target_layer bigint, only_ids bigint[] DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql
    SET work_mem = '128MB'
    -- With a plan for any array, each part would be compared with each of its elements.
    SET plan_cache_mode = force_custom_plan
    -- It expects few pieces, and would sort all of them.
    SET enable_sort = off
    -- And the cost that it then gives to a sort would make it compile the statement for seconds.
    SET jit = off
AS $$
DECLARE
    first_id CONSTANT bigint := totals_id_at(target_segment, 0);
    last_id CONSTANT bigint := totals_id_at(target_segment, 63999);
    tracked CONSTANT text[] := (SELECT tracked_params FROM totals_state);
BEGIN
    WITH image AS MATERIALIZED (
        SELECT
            totals_position_of(part.id) AS position,
            part.name_normalized AS name,
            part.mark_id,
            part.model_id,
            (part.price * 100)::bigint AS kopecks,
            part.attributes,
            part.is_visible,
            part.is_visible AND mark.is_visible AND model.is_visible AS is_shown,
            mark.producer_country_name_normalized AS country
        FROM part
        JOIN mark ON mark.id = part.mark_id
        JOIN model ON model.id = part.model_id
        WHERE part.id BETWEEN first_id AND last_id AND (only_ids IS NULL OR part.id = ANY (only_ids))
    ), name_term AS MATERIALIZED (
        SELECT named.name, found.attribute, found.value
        FROM (SELECT DISTINCT name FROM image) AS named CROSS JOIN LATERAL totals_name_terms(named.name) AS found
        WHERE found.attribute <> 'piece'
    ), term_block AS MATERIALIZED (
        SELECT
            name_term.attribute, name_term.value, image.position / 1000 AS block,
            totals_block(image.position % 1000, 1) AS bits
        FROM image JOIN name_term ON name_term.name = image.name
        GROUP BY name_term.attribute, name_term.value, block
    ), word_piece AS MATERIALIZED (
        SELECT word.value AS word, piece
        FROM (SELECT DISTINCT value FROM name_term WHERE attribute = 'word') AS word
        CROSS JOIN LATERAL totals_pieces(word.value) AS piece
    ), piece_block AS MATERIALIZED (
        SELECT 'piece', word_piece.piece, term_block.block, bit_or(term_block.bits)
        FROM term_block JOIN word_piece ON word_piece.word = term_block.value
        WHERE term_block.attribute = 'word'
        GROUP BY word_piece.piece, term_block.block
    ), named_block (attribute, value, block, bits) AS (
        SELECT * FROM term_block UNION ALL SELECT * FROM piece_block
    ), found_key AS MATERIALIZED (
        SELECT found.attribute, found.value, totals_key.id
        FROM (SELECT DISTINCT attribute, value FROM named_block) AS found
        LEFT JOIN totals_key ON totals_key.attribute = found.attribute AND totals_key.value = found.value
    ), new_key AS (
        INSERT INTO totals_key (attribute, value)
        SELECT attribute, value FROM found_key WHERE id IS NULL RETURNING attribute, value, id
    ), named_key AS (
        SELECT attribute, value, id FROM found_key WHERE id IS NOT NULL UNION ALL SELECT attribute, value, id FROM new_key
    ), named_plane AS (
        -- In their order one plane after the other is put together; otherwise all of them would be in memory at once.
        SELECT key_id, totals_blocks(bits, block * 1000 + 1) AS bits
        FROM (
            SELECT named_key.id AS key_id, named_block.block, named_block.bits
            FROM named_block JOIN named_key USING (attribute, value)
            ORDER BY key_id
        ) AS ordered
        GROUP BY key_id
    ), frequent (attribute, number, content, position) AS (
        SELECT 'present', 0, '', position FROM image
        UNION ALL
        SELECT 'visible', 0, '', position FROM image WHERE is_visible
        UNION ALL
        SELECT 'shown', 0, '', position FROM image WHERE is_shown
        UNION ALL
        SELECT 'country', 0, country, position FROM image
        UNION ALL
        SELECT 'param', number, (attributes -> param_name)::text, position
        FROM image CROSS JOIN unnest(tracked) WITH ORDINALITY AS param (param_name, number)
        UNION ALL
        SELECT 'digit', place, (kopecks / unit % 10)::text, position
        FROM (
            SELECT place, (10 ^ place)::bigint AS unit
            FROM generate_series(0, (SELECT length(max(kopecks)::text) FROM image) - 1) AS place
        ) AS place_value JOIN image ON kopecks / unit % 10 > 0
    ), block AS (
        SELECT attribute, number, content, position / 1000 AS block, totals_block(position % 1000, 1) AS bits
        FROM frequent
        WHERE content IS NOT NULL
        GROUP BY attribute, number, content, block
    ), frequent_plane AS MATERIALIZED (
        SELECT attribute, number::integer AS number, content, totals_blocks(bits, block * 1000 + 1) AS bits
        FROM block
        GROUP BY attribute, number, content
    ), used_place AS MATERIALIZED (
        SELECT number AS place, bit_or(bits) AS bits
        FROM frequent_plane
        WHERE attribute = 'digit'
        GROUP BY place
    ), plane (attribute, value, bits) AS (
        SELECT attribute, content, bits FROM frequent_plane WHERE attribute IN ('present', 'visible', 'shown', 'country')
        UNION ALL
        SELECT 'digit', (number * 4 + bit)::text, bit_or(bits)
        FROM frequent_plane JOIN generate_series(0, 3) AS bit ON attribute = 'digit' AND content::integer >> bit & 1 = 1
        GROUP BY number, bit
        UNION ALL
        SELECT attribute, key, bit_or(bits)
        FROM (
            SELECT
                attribute, bits,
                totals_param(tracked[number], jsonb_typeof(content::jsonb), content::jsonb #>> '{}') AS key
            FROM frequent_plane
            WHERE attribute = 'param'
        ) AS param
        WHERE key IS NOT NULL
        GROUP BY attribute, key
        UNION ALL
        SELECT 'price', number || '>=' || least, bit_or(bits)
        FROM frequent_plane JOIN generate_series(1, 9) AS least ON attribute = 'digit' AND content::integer >= least
        GROUP BY number, least
        UNION ALL
        SELECT 'price', '>=' || least || 'e' || number, bit_or(bits)
        FROM (
            SELECT number, content::integer AS highest, bits FROM frequent_plane WHERE attribute = 'digit'
            UNION ALL
            SELECT below, 9, bits FROM generate_series(0, 10) AS below JOIN used_place ON place > below
        ) AS reached (number, highest, bits) JOIN generate_series(1, 9) AS least ON highest >= least
        GROUP BY number, least
        UNION ALL
        SELECT 'price', below || '+', bit_or(bits)
        FROM generate_series(0, 10) AS below JOIN used_place ON place > below
        GROUP BY below
        UNION ALL
        SELECT 'price', above || '-', bit_or(bits)
        FROM generate_series(1, 11) AS above JOIN used_place ON place < above
        GROUP BY above
        UNION ALL
        SELECT 'mark', mark_id::text, totals_bits(position, 1) FROM image GROUP BY mark_id
        UNION ALL
        SELECT 'model', model_id::text, totals_bits(position, 1) FROM image GROUP BY model_id
    )
    INSERT INTO totals_plane (segment, layer, key_id, bits, sparse_bits)
    SELECT
        target_segment,
        target_layer,
        key_id,
        CASE WHEN bit_count(bits) > 640 THEN bits END,
        CASE WHEN bit_count(bits) <= 640 THEN bits END
    FROM (
        SELECT totals_key_id(attribute, value) AS key_id, bits FROM plane
        UNION ALL
        SELECT key_id, bits FROM named_plane
    ) AS keyed;

    INSERT INTO totals_segment (segment, layer) VALUES (target_segment, target_layer);
END
$$;

ALTER FUNCTION totals_known_sums ROWS 10;

-- The new planes come from those that are there: a price is at least 2 * 10^5 if its digit of 10^5 is at least 2, or one
-- above it is not 0. A fold waits meanwhile, and the parts of a bulk load are folded later; nobody else waits.
LOCK TABLE totals_state IN ROW EXCLUSIVE MODE;
INSERT INTO totals_key (attribute, value)
SELECT 'price', '>=' || least || 'e' || place
FROM generate_series(0, 11) AS place, generate_series(1, 9) AS least
ON CONFLICT (attribute, value) DO NOTHING;
INSERT INTO totals_plane (segment, layer, key_id, bits, sparse_bits)
SELECT
    segment, layer, key_id,
    CASE WHEN bit_count(bits) > 640 THEN bits END,
    CASE WHEN bit_count(bits) <= 640 THEN bits END
FROM (
    SELECT plane.segment, plane.layer, made.id AS key_id, bit_or(coalesce(plane.bits, plane.sparse_bits)) AS bits
    FROM generate_series(0, 11) AS place CROSS JOIN generate_series(1, 9) AS least
    JOIN totals_key AS made ON made.attribute = 'price' AND made.value = '>=' || least || 'e' || place
    JOIN totals_key AS source ON source.attribute = 'price' AND source.value IN (place || '>=' || least, place || '+')
    JOIN totals_plane AS plane ON plane.key_id = source.id
    GROUP BY plane.segment, plane.layer, made.id
) AS merged
ON CONFLICT (segment, layer, key_id) DO NOTHING;
