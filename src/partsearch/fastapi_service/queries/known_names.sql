-- Return as a JSON object what people may type for marks, models and words of names.
--
-- marks and models: those that may be shown. aliases: the rows of vehicle_alias, whether each is as shipped. synonyms: the
-- active ones.
SELECT json_build_object(
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
);
