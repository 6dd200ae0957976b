CREATE FUNCTION totals_no_bits() RETURNS bit varying
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN repeat('0', 64000)::bit varying;

-- All keys of a part, as totals_build writes them: what a part had before a change is computed from its old values.
CREATE FUNCTION totals_terms(
    name text, mark_id bigint, model_id bigint, price numeric, is_visible boolean, attributes jsonb
) RETURNS TABLE (attribute text, value text)
    LANGUAGE sql STABLE
AS $$
    SELECT 'present', ''
    UNION ALL
    SELECT 'visible', '' WHERE is_visible
    UNION ALL
    SELECT 'shown', '' FROM mark, model
    WHERE $5 AND mark.id = $2 AND mark.is_visible AND model.id = $3 AND model.is_visible
    UNION ALL
    SELECT 'mark', $2::text
    UNION ALL
    SELECT 'model', $3::text
    UNION ALL
    SELECT 'country', mark.producer_country_name_normalized FROM mark WHERE mark.id = $2
    UNION ALL
    SELECT 'param', key
    FROM (
        SELECT totals_param(param_name, jsonb_typeof(attributes -> param_name), attributes ->> param_name) AS key
        FROM totals_state CROSS JOIN unnest(tracked_params) AS param_name
    ) AS param
    WHERE key IS NOT NULL
    UNION ALL
    SELECT found.attribute, found.value FROM totals_name_terms(name) AS found
    UNION ALL
    SELECT found.attribute, found.value FROM totals_price_terms((price * 100)::bigint) AS found
$$;

-- Replace all planes of a segment by new ones. The changes of its parts are folded by that.
CREATE FUNCTION totals_rebuild_segment(target_segment bigint) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    -- TRUNCATE part locks the table part first too.
    LOCK TABLE part, mark, model IN ACCESS SHARE MODE;
    DELETE FROM totals_sum WHERE segment = target_segment;
    DELETE FROM totals_plane WHERE segment = target_segment;
    DELETE FROM totals_segment WHERE segment = target_segment;
    DELETE FROM totals_change WHERE totals_segment_of(part_id) = target_segment;
    PERFORM totals_build(target_segment, 0);
END
$$;

-- Make one layer of the layers of a segment: their parts have different positions.
CREATE FUNCTION totals_merge_layers(target_segment bigint) RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    WITH layered AS (
        DELETE FROM totals_plane WHERE segment = target_segment RETURNING key_id, bits, sparse_bits
    ), merged AS (
        SELECT key_id, bit_or(coalesce(bits, sparse_bits)) AS bits FROM layered GROUP BY key_id
    )
    INSERT INTO totals_plane (segment, layer, key_id, bits, sparse_bits)
    SELECT
        target_segment, 0, key_id,
        CASE WHEN bit_count(bits) > 640 THEN bits END,
        CASE WHEN bit_count(bits) <= 640 THEN bits END
    FROM merged;

    DELETE FROM totals_sum WHERE segment = target_segment;
    DELETE FROM totals_segment WHERE segment = target_segment;
    INSERT INTO totals_segment (segment, layer) VALUES (target_segment, 0);
END
$$;

-- Compute the planes that depend on marks and models from the planes of the marks and models.
CREATE FUNCTION totals_fold_marks() RETURNS void
    LANGUAGE plpgsql
    SET enable_hashagg = off
AS $$
DECLARE
    visible_key integer;
    shown_key integer;
BEGIN
    IF NOT EXISTS (SELECT FROM totals_mark_change) THEN
        RETURN;
    END IF;
    PERFORM totals_forget_sums(ARRAY(SELECT segment FROM totals_segment));
    visible_key := totals_key_id('visible', '');
    shown_key := totals_key_id('shown', '');
    WITH hidden AS MATERIALIZED (
        -- Also those that are removed: totals_terms says that a part of theirs is not shown.
        SELECT id FROM totals_key
        WHERE attribute = 'mark' AND value NOT IN (SELECT id::text FROM mark WHERE is_visible)
            OR attribute = 'model' AND value NOT IN (SELECT id::text FROM model WHERE is_visible)
    ), plane AS (
        SELECT
            layer.segment, layer.layer, coalesce(visible.bits, visible.sparse_bits) & ~ coalesce(hiding.bits, totals_no_bits()) AS bits
        FROM totals_segment AS layer
        JOIN totals_plane AS visible ON visible.segment = layer.segment AND visible.layer = layer.layer
            AND visible.key_id = visible_key
        CROSS JOIN LATERAL (
            SELECT bit_or(coalesce(hidden_plane.bits, hidden_plane.sparse_bits)) AS bits
            FROM totals_plane AS hidden_plane
            WHERE hidden_plane.segment = layer.segment AND hidden_plane.layer = layer.layer
                AND hidden_plane.key_id IN (SELECT id FROM hidden)
        ) AS hiding
    )
    INSERT INTO totals_plane AS old (segment, layer, key_id, bits, sparse_bits)
    SELECT segment, layer, shown_key, bits, NULL FROM plane
    ON CONFLICT (segment, layer, key_id) DO UPDATE SET bits = excluded.bits, sparse_bits = NULL;

    DELETE FROM totals_plane USING totals_key
    WHERE totals_key.id = totals_plane.key_id AND totals_key.attribute = 'country';
    INSERT INTO totals_plane (segment, layer, key_id, bits, sparse_bits)
    SELECT
        segment, layer, totals_key_id('country', country),
        CASE WHEN bit_count(bits) > 640 THEN bits END,
        CASE WHEN bit_count(bits) <= 640 THEN bits END
    FROM (
        SELECT
            plane.segment, plane.layer, mark.producer_country_name_normalized AS country,
            bit_or(coalesce(plane.bits, plane.sparse_bits)) AS bits
        FROM totals_plane AS plane
        JOIN totals_key ON totals_key.id = plane.key_id AND totals_key.attribute = 'mark'
        JOIN mark ON mark.id::text = totals_key.value
        GROUP BY plane.segment, plane.layer, country
    ) AS merged;
    DELETE FROM totals_mark_change;
END
$$;

-- Bring the oldest changes into the planes, and return how many parts they were.
--
-- The caller has begun a transaction with REPEATABLE READ and, before its first query, has locked totals_state in
-- EXCLUSIVE MODE: all that is read here is of one snapshot, and nobody else writes planes meanwhile.
CREATE FUNCTION totals_fold(most integer) RETURNS integer
    LANGUAGE plpgsql
    SET enable_hashagg = off
    -- With a plan for any array, each row would be compared with each of its elements.
    SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    ids bigint[];
    target_segment bigint;
BEGIN
    LOCK TABLE part, mark, model IN ACCESS SHARE MODE;
    PERFORM totals_fold_marks();
    SELECT array_agg(DISTINCT part_id) INTO ids
    FROM (SELECT part_id FROM totals_change ORDER BY id LIMIT most) AS oldest;

    FOR target_segment IN
        SELECT totals_segment_of(part_id) FROM unnest(ids) AS part_id GROUP BY 1 HAVING count(*) >= 1000
    LOOP
        PERFORM totals_rebuild_segment(target_segment);
    END LOOP;

    PERFORM totals_apply(ids);
    DELETE FROM totals_change WHERE part_id = ANY (ids);

    -- A few of them: a bulk load may have left hundreds, and a fold has a time limit.
    FOR target_segment IN SELECT segment FROM totals_segment GROUP BY segment HAVING count(*) > 1 ORDER BY segment LIMIT 4 LOOP
        PERFORM totals_merge_layers(target_segment);
    END LOOP;
    RETURN coalesce(cardinality(ids), 0);
END
$$;

-- Bring the changes of these parts into the planes, bit by bit.
CREATE FUNCTION totals_apply(ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET enable_hashagg = off
    -- With a plan for any array, each row would be compared with each of its elements.
    SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    present_key CONSTANT integer := totals_key_id('present', '');
BEGIN
    PERFORM totals_forget_sums(ARRAY(SELECT totals_segment_of(part_id) FROM unnest(ids) AS part_id));
    INSERT INTO totals_segment (segment, layer)
    SELECT DISTINCT totals_segment_of(part_id), 0
    FROM totals_change
    WHERE part_id = ANY (ids) AND NOT EXISTS (
        SELECT FROM totals_segment WHERE totals_segment.segment = totals_segment_of(part_id)
    );

    WITH before AS MATERIALIZED (
        SELECT DISTINCT ON (part_id) part_id, name, mark_id, model_id, price, is_visible, attributes
        -- A statement that removes a part and inserts one with its id may tell of the insertion first.
        FROM totals_change WHERE part_id = ANY (ids) ORDER BY part_id, name IS NULL, id
    ), placed AS MATERIALIZED (
        SELECT
            before.part_id, totals_position_of(before.part_id) AS position, layer.segment, layer.layer, layer.is_present
        FROM before
        CROSS JOIN LATERAL (
            SELECT
                totals_segment.segment,
                totals_segment.layer,
                get_bit(coalesce(present.bits, present.sparse_bits), totals_position_of(before.part_id)) = 1 AS is_present
            FROM totals_segment
            LEFT JOIN totals_plane AS present ON present.segment = totals_segment.segment
                AND present.layer = totals_segment.layer AND present.key_id = present_key
            WHERE totals_segment.segment = totals_segment_of(before.part_id)
            ORDER BY is_present DESC NULLS LAST, totals_segment.layer
            LIMIT 1
        ) AS layer
    ), term AS (
        SELECT before.part_id, found.attribute, found.value, -1 AS sign
        FROM before JOIN placed ON placed.part_id = before.part_id AND placed.is_present
        CROSS JOIN LATERAL totals_terms(
            before.name, before.mark_id, before.model_id, before.price, before.is_visible, before.attributes
        ) AS found
        UNION ALL
        SELECT part.id, found.attribute, found.value, 1
        FROM before JOIN part ON part.id = before.part_id CROSS JOIN LATERAL totals_terms(
            part.name_normalized, part.mark_id, part.model_id, part.price, part.is_visible, part.attributes
        ) AS found
    ), difference AS MATERIALIZED (
        SELECT part_id, attribute, value, sum(sign) AS sign
        FROM term GROUP BY part_id, attribute, value HAVING sum(sign) <> 0
    ), flip AS MATERIALIZED (
        SELECT
            placed.segment, placed.layer, difference.attribute, difference.value,
            totals_bits(placed.position, 1) FILTER (WHERE difference.sign > 0) AS on_bits,
            totals_bits(placed.position, 1) FILTER (WHERE difference.sign < 0) AS off_bits
        FROM difference JOIN placed ON placed.part_id = difference.part_id
        GROUP BY placed.segment, placed.layer, difference.attribute, difference.value
    ), plane AS (
        SELECT
            flip.segment, flip.layer, flip.key_id,
            coalesce(old.bits, old.sparse_bits, totals_no_bits()) & ~ flip.off_bits | flip.on_bits AS bits
        FROM (SELECT *, totals_key_id(attribute, value) AS key_id FROM flip) AS flip
        LEFT JOIN totals_plane AS old
            ON old.segment = flip.segment AND old.layer = flip.layer AND old.key_id = flip.key_id
    )
    INSERT INTO totals_plane (segment, layer, key_id, bits, sparse_bits)
    SELECT
        segment, layer, key_id,
        CASE WHEN bit_count(bits) > 640 THEN bits END,
        CASE WHEN bit_count(bits) <= 640 THEN bits END
    FROM plane
    ON CONFLICT (segment, layer, key_id) DO UPDATE SET bits = excluded.bits, sparse_bits = excluded.sparse_bits;
END
$$;
