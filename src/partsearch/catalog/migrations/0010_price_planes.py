"""The planes of prices as a whole, "at least 2 * 10^5 kopecks", computed from the planes that are there.

Safe while the previous release runs: it goes on asking for the keys that it knows, which the functions still write.
"""

from pathlib import Path

from django.db import migrations

# expand: functions of migration 0009 are replaced by ones that write more keys; their arguments and results stay.
_HERE = Path(__file__).parent

_END = """
    LOCK TABLE totals_state IN ROW EXCLUSIVE MODE;
    DELETE FROM totals_plane USING totals_key
    WHERE totals_key.id = totals_plane.key_id AND totals_key.attribute = 'price' AND totals_key.value LIKE '>=%';
"""


def _before(file: str, function: str) -> str:
    """Return the statement of migration 0009 that created the function."""
    text = (_HERE / file).read_text()
    start = text.index(f"CREATE FUNCTION {function}(")
    return text[start : text.index("$$;", start) + 3].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0009_totals"),
    ]

    operations = [
        migrations.RunSQL(
            (_HERE / "price_planes.sql").read_text(),
            [_before("totals_terms.sql", "totals_price_terms"), _before("totals_build.sql", "totals_build"), _END],
        ),
    ]
