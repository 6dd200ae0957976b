"""The functions that read the normalised part numbers from ``json_data``; the index of migration 0014 uses them.

Safe while the previous release runs: it does not know the functions.
"""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0012_vehicle_alias")]
    operations = [
        migrations.RunSQL(
            Path(__file__).with_name("part_numbers.sql").read_text(),
            "DROP FUNCTION partsearch_numbers(jsonb); DROP FUNCTION partsearch_numbers_of(jsonb);",
        ),
    ]
