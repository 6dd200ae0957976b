"""The table of the origins of imported parts, and the triggers that keep it consistent with the table part."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_indexes")]
    operations = [
        migrations.CreateModel(
            name="PriceListPart",
            fields=[
                (
                    "part",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        serialize=False,
                        to="catalog.part",
                    ),
                ),
                ("list_name", models.CharField(max_length=255, verbose_name="прайс-лист")),
                ("row_key", models.CharField(max_length=200, verbose_name="ключ строки")),
                ("row_digest", models.CharField(max_length=32, verbose_name="отпечаток строки")),
            ],
            options={
                "verbose_name": "строка прайс-листа",
                "verbose_name_plural": "строки прайс-листов",
                "db_table": "price_list_part",
                "constraints": [models.UniqueConstraint(fields=("list_name", "row_key"), name="price_list_part_row")],
            },
        ),
        migrations.RunSQL(
            Path(__file__).with_name("price_list_part.sql").read_text(),
            """
            DROP TRIGGER price_list_part_update ON part;
            DROP TRIGGER price_list_part_truncate ON part;
            DROP TRIGGER price_list_part_delete ON part;
            DROP FUNCTION price_list_part_follow();
            """,
        ),
    ]
