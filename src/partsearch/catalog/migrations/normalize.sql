-- How text is compared; contract/text.py does the same to the text of a search. A new rule is a migration that computes
-- the generated columns anew. Not STRICT: PostgreSQL puts a STRICT function with a CASE in it nowhere inline.
--
-- expand: the release before normalises its searches as the first rule did. Both rules agree on ASCII and Cyrillic text.
CREATE OR REPLACE FUNCTION partsearch_normalize(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        -- Most texts: ASCII, Latin-1 and Cyrillic letters, one space between them.
        WHEN value ~ '^[!-~«»À-ÿА-яЁё–—]+(?: [!-~«»À-ÿА-яЁё–—]+)*$' THEN translate(lower(value), 'ё', 'е')
        -- White space is listed, because what a locale calls white space differs between servers.
        ELSE btrim(regexp_replace(
            translate(
                -- NFC once more: a lower case letter may have a composed form where the capital has none, and е too.
                normalize(
                    -- ё as е. The diaeresis that is left over composes with nothing, or makes ё of the е again.
                    translate(
                        normalize(
                            lower(normalize(
                                -- Default_Ignorable_Code_Point: what nobody sees keeps no letter from its accent.
                                regexp_replace(
                                    value,
                                    '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]+',
                                    '', 'g'
                                ),
                                NFKC
                            )),
                            NFC
                        ),
                        U&'\0451\0308', U&'\0435'
                    ),
                    NFC
                ),
                U&'\0009\000A\000B\000C\000D\001C\001D\001E\001F\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\2028\2029\202F\205F\3000',
                U&'                            '
            ),
            ' {2,}', ' ', 'g'
        ))
    END;
