-- Return a JSON array of models that may be shown: id, id of the mark, the names of mark and model.
--
-- To run the file in psql, set its variables first, for example with: \i variables.psql
SELECT coalesce(json_agg(json_build_array(model.id, mark.id, concat(mark.name, ' ', model.name))), '[]')
FROM model
JOIN mark ON mark.id = model.mark_id
WHERE mark.is_visible AND model.is_visible AND model.id = ANY (:'model_list'::text[]::bigint[]);
