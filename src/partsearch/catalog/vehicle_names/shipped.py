"""Brings the aliases that this release ships into the table ``vehicle_alias``; what users have changed stays."""

from django.db import connections

from partsearch.catalog.vehicle_names import VehicleName, vehicle_marks, vehicle_names
from partsearch.contract.text.folding import join

# A row that a user has edited or turned off differs from what it was shipped as. A user may also have added such a row,
# or edited another one to it: hence ON CONFLICT without a target.
_SYNC = """
    WITH shipped AS (
        SELECT
            *, concat_ws(E'\t', mark, model, alias) AS shipped_key, concat_ws(E'\t', use, country) AS shipped_values
        FROM unnest(
            %(mark)s::text[], %(model)s::text[], %(alias)s::text[], %(alias_key)s::text[], %(use)s::text[],
            %(country)s::text[]
        ) WITH ORDINALITY AS shipped (mark, model, alias, alias_key, use, country, position)
    ),
    as_shipped AS (
        SELECT id, shipped_key, shipped_values, alias_key FROM vehicle_alias
        WHERE is_active AND shipped_key = concat_ws(E'\t', mark, model, alias)
            AND shipped_values = concat_ws(E'\t', use, country)
    ),
    inserted AS (
        INSERT INTO vehicle_alias (mark, model, alias, alias_key, use, country, shipped_key, shipped_values)
        SELECT mark, model, alias, alias_key, use, country, shipped_key, shipped_values FROM shipped
        WHERE NOT EXISTS (SELECT FROM vehicle_alias WHERE vehicle_alias.shipped_key = shipped.shipped_key)
        ORDER BY position
        ON CONFLICT DO NOTHING
    ),
    updated AS (
        UPDATE vehicle_alias
        SET use = shipped.use, country = shipped.country, alias_key = shipped.alias_key,
            shipped_values = shipped.shipped_values
        FROM shipped JOIN as_shipped USING (shipped_key)
        WHERE vehicle_alias.id = as_shipped.id
            AND (as_shipped.shipped_values, as_shipped.alias_key) <> (shipped.shipped_values, shipped.alias_key)
    )
    DELETE FROM vehicle_alias USING as_shipped
    WHERE vehicle_alias.id = as_shipped.id
        AND NOT EXISTS (SELECT FROM shipped WHERE shipped.shipped_key = as_shipped.shipped_key)
"""


def sync_shipped_aliases(using: str = "default") -> None:
    """Add the shipped aliases that are missing, and update or delete those that nobody has edited.

    One statement, which changes only rows that differ: a second run changes nothing, and the release before goes on
    reading the table.

    Args:
        using: Django's name of the database.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(_SYNC, _columns())


def _columns() -> dict[str, list[str]]:
    """Return the shipped rows, each once, by column."""
    names: dict[tuple[str, str, str], VehicleName] = {}
    for name in vehicle_names():
        names.setdefault(name[:3], name)
    countries = {mark.name: mark.country for mark in vehicle_marks()}
    rows = names.values()
    return {
        "mark": [name.mark for name in rows],
        "model": [name.model for name in rows],
        "alias": [name.alias for name in rows],
        "alias_key": [join(name.alias) for name in rows],
        "use": [name.use.value for name in rows],
        "country": [countries[name.mark] if name.alias == name.mark and not name.model else "" for name in rows],
    }
