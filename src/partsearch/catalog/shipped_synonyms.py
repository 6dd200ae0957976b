"""Brings the synonyms that this release ships into the table ``synonym``; what users have changed stays."""

import json

from django.db import connections

from partsearch.understanding.shipped import shipped_synonyms

# A row that a user has edited or turned off differs from what it was shipped as. A user may also have added such a row,
# or edited another one to it: hence ON CONFLICT without a target.
_SYNC = """
    WITH shipped AS (
        SELECT
            *,
            jsonb_build_object('kind', kind, 'meanings', to_jsonb(meanings), 'params', params)::text AS shipped_values
        FROM (
            SELECT
                written, kind, ARRAY(SELECT jsonb_array_elements_text(listed.meanings::jsonb)) AS meanings,
                listed.params::jsonb AS params, position
            FROM unnest(%(written)s::text[], %(kind)s::text[], %(meanings)s::text[], %(params)s::text[])
                WITH ORDINALITY AS listed (written, kind, meanings, params, position)
        ) AS parsed
    ),
    as_shipped AS (
        SELECT id, shipped_key, shipped_values FROM synonym
        WHERE is_active AND shipped_key = written
            AND shipped_values
                = jsonb_build_object('kind', kind, 'meanings', to_jsonb(meanings), 'params', params)::text
    ),
    inserted AS (
        INSERT INTO synonym (written, kind, meanings, params, shipped_key, shipped_values)
        SELECT written, kind, meanings, params, written, shipped_values FROM shipped
        WHERE NOT EXISTS (SELECT FROM synonym WHERE synonym.shipped_key = shipped.written)
        ORDER BY position
        ON CONFLICT DO NOTHING
    ),
    updated AS (
        UPDATE synonym
        SET kind = shipped.kind, meanings = shipped.meanings, params = shipped.params,
            shipped_values = shipped.shipped_values
        FROM shipped JOIN as_shipped ON as_shipped.shipped_key = shipped.written
        WHERE synonym.id = as_shipped.id AND as_shipped.shipped_values <> shipped.shipped_values
    )
    DELETE FROM synonym USING as_shipped
    WHERE synonym.id = as_shipped.id
        AND NOT EXISTS (SELECT FROM shipped WHERE shipped.written = as_shipped.shipped_key)
"""


def sync_shipped_synonyms(using: str = "default") -> None:
    """Add the shipped synonyms that are missing, and update or delete those that nobody has edited.

    One statement, which changes only rows that differ: a second run changes nothing, and the release before goes on
    reading the table.

    Args:
        using: Django's name of the database.
    """
    rows = shipped_synonyms()
    columns = {
        "written": [row.written for row in rows],
        "kind": [row.kind for row in rows],
        "meanings": [json.dumps(row.meanings) for row in rows],
        "params": [json.dumps(dict(row.params)) for row in rows],
    }
    with connections[using].cursor() as cursor:
        cursor.execute(_SYNC, columns)
