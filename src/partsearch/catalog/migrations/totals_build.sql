-- Write the planes of one layer of a segment from the table part. The caller holds the lock of the totals.
CREATE FUNCTION totals_build(target_segment bigint, target_layer bigint, only_ids bigint[] DEFAULT NULL) RETURNS void
    LANGUAGE plpgsql
    SET work_mem = '128MB'
    -- With a plan for any array, each part would be compared with each of its elements.
    SET plan_cache_mode = force_custom_plan
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
    ), piece_block AS (
        SELECT 'piece', word_piece.piece, term_block.block, bit_or(term_block.bits)
        FROM term_block JOIN word_piece ON word_piece.word = term_block.value
        WHERE term_block.attribute = 'word'
        GROUP BY word_piece.piece, term_block.block
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
        SELECT 'digit', place, (kopecks / (10 ^ place)::bigint % 10)::text, position
        FROM image CROSS JOIN generate_series(0, (SELECT length(max(kopecks)::text) FROM image) - 1) AS place
        WHERE kopecks / (10 ^ place)::bigint % 10 > 0
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
        UNION ALL
        SELECT attribute, value, totals_blocks(bits, block * 1000 + 1)
        FROM (SELECT * FROM term_block UNION ALL SELECT * FROM piece_block) AS named_block
        GROUP BY attribute, value
    )
    INSERT INTO totals_plane (segment, layer, key_id, bits, sparse_bits)
    SELECT
        target_segment,
        target_layer,
        key_id,
        CASE WHEN bit_count(bits) > 640 THEN bits END,
        CASE WHEN bit_count(bits) <= 640 THEN bits END
    FROM (SELECT totals_key_id(attribute, value) AS key_id, bits FROM plane) AS keyed;

    INSERT INTO totals_segment (segment, layer) VALUES (target_segment, target_layer);
END
$$;
