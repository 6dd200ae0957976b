-- The normalised part numbers of a part as lexemes: PostgreSQL finds those that start with a text by a GIN index. The first
-- thousand: a tsvector has at most a megabyte, and a part with more numbers must be writable too.
CREATE FUNCTION partsearch_number_starts(json_data jsonb) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_to_tsvector((partsearch_numbers(json_data))[1:1000]);
