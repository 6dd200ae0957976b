-- Return as a JSON object what people may type for marks, models and words of names; NULL if nothing has changed.
--
-- version: differs if any row of the tables does, for a changed row has the id of another transaction.
-- marks and models: those that may be shown. aliases: the rows of vehicle_alias, whether each is as shipped. synonyms: the
-- active ones.
WITH latest AS MATERIALIZED (
    SELECT string_agg(versions.version, ' ' ORDER BY versions.name) AS version
    FROM (
        SELECT 'mark' AS name, concat(count(*), ':', sum(hashint8extended(id, xmin::text::bigint))) AS version FROM mark
        UNION ALL
        SELECT 'model', concat(count(*), ':', sum(hashint8extended(id, xmin::text::bigint))) FROM model
        UNION ALL
        SELECT 'synonym', concat(count(*), ':', sum(hashint8extended(id, xmin::text::bigint))) FROM synonym
        UNION ALL
        SELECT 'vehicle_alias', concat(count(*), ':', sum(hashint8extended(id, xmin::text::bigint))) FROM vehicle_alias
    ) AS versions
)
SELECT json_build_object(
    'version', latest.version,
    'marks', (
        SELECT coalesce(json_agg(json_build_array(mark.id, mark.name) ORDER BY mark.id), '[]')
        FROM mark
        WHERE mark.is_visible
    ),
    'models', (
        SELECT coalesce(json_agg(json_build_array(model.id, model.name, model.mark_id) ORDER BY model.id), '[]')
        FROM model JOIN mark ON mark.id = model.mark_id
        WHERE model.is_visible AND mark.is_visible
    ),
    'aliases', (
        SELECT coalesce(json_agg(
            json_build_array(
                vehicle_alias.mark,
                vehicle_alias.model,
                vehicle_alias.alias,
                vehicle_alias.alias_key,
                vehicle_alias.is_active,
                coalesce(
                    shipped_key = concat_ws(E'\t', vehicle_alias.mark, vehicle_alias.model, vehicle_alias.alias)
                    AND shipped_values = concat_ws(E'\t', vehicle_alias.use, vehicle_alias.country),
                    false
                )
            )
            ORDER BY vehicle_alias.id
        ), '[]')
        FROM vehicle_alias
    ),
    'synonyms', (
        SELECT coalesce(json_agg(
            json_build_array(synonym.written, synonym.kind, synonym.meanings, synonym.params) ORDER BY synonym.id
        ), '[]')
        FROM synonym
        WHERE synonym.is_active
    )
)
FROM latest
WHERE latest.version <> :'known_version';
