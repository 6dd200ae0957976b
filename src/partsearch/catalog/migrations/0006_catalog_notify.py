"""The triggers that notify listeners of every change of the catalog. Live search depends on them.

Safe while the previous release runs: it does not use them, and they change no row.
"""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_price_list_part")]
    operations = [
        migrations.RunSQL(
            Path(__file__).with_name("catalog_notify.sql").read_text(),
            """
            DROP TRIGGER catalog_notify ON part;
            DROP TRIGGER catalog_notify ON model;
            DROP TRIGGER catalog_notify ON mark;
            DROP FUNCTION catalog_notify();
            """,
        ),
    ]
