-- The count and the sum of a layer's shown parts: of all of them, for each mark and country, and for what many have in
-- their name or json_data. A search for one of these need not combine planes. They are computed from the planes.
CREATE FUNCTION totals_sums_of(target_segment bigint, target_layer bigint)
    RETURNS TABLE (key_id integer, parts integer, kopecks bigint)
    LANGUAGE sql STABLE
AS $$
    WITH shown AS MATERIALIZED (
        SELECT coalesce(plane.bits, plane.sparse_bits) AS bits
        FROM totals_plane AS plane JOIN totals_key ON totals_key.id = plane.key_id AND totals_key.attribute = 'shown'
        WHERE plane.segment = target_segment AND plane.layer = target_layer
    ), summed AS MATERIALIZED (
        SELECT plane.key_id, coalesce(plane.bits, plane.sparse_bits) & shown.bits AS bits
        FROM totals_plane AS plane JOIN totals_key ON totals_key.id = plane.key_id CROSS JOIN shown
        WHERE plane.segment = target_segment AND plane.layer = target_layer
            AND (
                totals_key.attribute IN ('shown', 'country', 'mark')
                OR totals_key.attribute IN ('word', 'piece', 'pair', 'param') AND plane.bits IS NOT NULL
            )
    )
    SELECT
        summed.key_id,
        bit_count(summed.bits)::integer,
        (
            -- The keys 0 to 47 are the bits of the price's digits.
            SELECT coalesce(
                sum(bit_count(summed.bits & coalesce(digit.bits, digit.sparse_bits)) * totals_digit_value(digit.key_id)), 0
            )
            FROM totals_plane AS digit
            WHERE digit.segment = target_segment AND digit.layer = target_layer AND digit.key_id BETWEEN 0 AND 47
        )::bigint
    FROM summed
$$;

-- Sum a layer that is not summed, and whose planes are not about to change; return whether there was one.
--
-- The caller holds the lock of the totals, as for totals_fold.
CREATE FUNCTION totals_sum_next() RETURNS boolean
    LANGUAGE plpgsql
AS $$
DECLARE
    target record;
BEGIN
    -- TRUNCATE part locks the table part first too.
    LOCK TABLE part IN ACCESS SHARE MODE;
    SELECT segment, layer INTO target
    FROM totals_segment
    WHERE NOT is_summed AND segment NOT IN (SELECT totals_segment_of(part_id) FROM totals_change)
    ORDER BY segment, layer
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM totals_sum WHERE segment = target.segment AND layer = target.layer;
    INSERT INTO totals_sum (segment, layer, key_id, parts, kopecks)
    SELECT target.segment, target.layer, found.key_id, found.parts, found.kopecks
    FROM totals_sums_of(target.segment, target.layer) AS found;
    UPDATE totals_segment SET is_summed = true WHERE segment = target.segment AND layer = target.layer;
    RETURN true;
END
$$;

-- The planes of these segments change: their sums are no longer right.
CREATE FUNCTION totals_forget_sums(segments bigint[]) RETURNS void
    LANGUAGE sql
AS $$
    DELETE FROM totals_sum WHERE segment = ANY (segments);
    UPDATE totals_segment SET is_summed = false WHERE segment = ANY (segments) AND is_summed;
$$;

-- A row for each layer whose count and sum of the shown parts with one of these keys are known: segment, layer, parts and
-- kopecks. Of keys that are not disjoint a part may have several, so only one of them can be answered.
CREATE FUNCTION totals_known_sums(wanted integer[], are_disjoint boolean) RETURNS SETOF bigint[]
    LANGUAGE plpgsql STABLE STRICT
AS $$
BEGIN
    IF NOT are_disjoint AND cardinality(wanted) > 1 OR EXISTS (SELECT FROM totals_mark_change) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH changed AS MATERIALIZED (
        SELECT DISTINCT totals_segment_of(part_id) AS segment FROM totals_change
    )
    SELECT ARRAY[layer.segment, layer.layer, known.parts, known.kopecks]::bigint[]
    FROM totals_segment AS layer
    CROSS JOIN LATERAL (
        SELECT
            bool_and(totals_sum.key_id IS NOT NULL) AS is_complete,
            coalesce(sum(totals_sum.parts), 0) AS parts,
            coalesce(sum(totals_sum.kopecks), 0) AS kopecks
        FROM totals_plane AS plane
        LEFT JOIN totals_sum ON totals_sum.segment = plane.segment AND totals_sum.layer = plane.layer
            AND totals_sum.key_id = plane.key_id
        WHERE plane.segment = layer.segment AND plane.layer = layer.layer AND plane.key_id = ANY (wanted)
    ) AS known
    WHERE known.is_complete IS NOT false AND layer.segment NOT IN (SELECT changed.segment FROM changed);
END
$$;
