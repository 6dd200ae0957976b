"""The function that finds part numbers by their start; the release before does not know it."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0017_part_created_index")]
    operations = [
        migrations.RunSQL(
            Path(__file__).with_name("part_number_starts.sql").read_text(),
            "DROP FUNCTION partsearch_number_starts(jsonb)",
        ),
    ]
