-- The first rule of how text is compared; migration 0007 puts that of normalize.sql in its place. White space is listed, because what a locale calls white space differs between servers.
CREATE FUNCTION partsearch_normalize(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(
        translate(
            lower(value),
            U&'\0451\0009\000A\000B\000C\000D\001C\001D\001E\001F\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\2028\2029\202F\205F\3000',
            U&'\0435                            '
        ),
        ' {2,}', ' ', 'g'
    ));

-- json_data with its texts normalised: params are compared with it by containment.
CREATE FUNCTION partsearch_attributes(json_data jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN (
        SELECT coalesce(jsonb_object_agg(
            attribute.key,
            CASE jsonb_typeof(attribute.value)
                WHEN 'string' THEN to_jsonb(partsearch_normalize(attribute.value #>> '{}'))
                ELSE attribute.value
            END
        ), '{}')
        FROM jsonb_each(CASE jsonb_typeof(json_data) WHEN 'object' THEN json_data ELSE '{}' END) AS attribute
    );

-- The colour as a column of its own gives the planner statistics. A text of a search has at most 200 characters, so
-- what is longer than 201 equals none, and an index entry stays small.
CREATE FUNCTION partsearch_color(json_data jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE jsonb_typeof(json_data -> 'color')
        WHEN 'string' THEN left(partsearch_normalize(json_data ->> 'color'), 201)
    END;

CREATE FUNCTION partsearch_is_new_part(json_data jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE json_data -> 'is_new_part'
        WHEN 'true'::jsonb THEN true
        WHEN 'false'::jsonb THEN false
    END;
