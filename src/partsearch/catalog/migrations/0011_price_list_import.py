"""The imports of price lists with what they have changed, and the key of the catalog.

Safe while the previous release runs: its rows of ``price_list_part`` get the defaults of the new columns.
"""

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0010_price_planes"),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogKey",
            fields=[
                ("id", models.IntegerField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=32)),
            ],
            options={
                "db_table": "catalog_key",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PriceListImport",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=255)),
                ("file_name", models.TextField()),
                ("file_sha256", models.CharField(max_length=64)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField()),
                ("account", models.TextField()),
                ("counts", models.JSONField(default=dict)),
                (
                    "created_mark_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "created_model_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("profile", models.TextField(blank=True, default="")),
                ("is_partial", models.BooleanField()),
                ("has_changes", models.BooleanField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "price_list_import",
                "default_permissions": (),
                "indexes": [models.Index(fields=["source", "id"], name="price_list_import_source")],
            },
        ),
        migrations.CreateModel(
            name="PriceListChange",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "import_id", "part_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("import_id", models.BigIntegerField()),
                ("part_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("before", models.JSONField(null=True)),
                ("written_digest", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "price_list_change",
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="pricelistpart",
            name="row_identity",
            field=models.UUIDField(null=True, verbose_name="отпечаток постоянных свойств"),
        ),
        migrations.AddField(
            model_name="pricelistpart",
            name="row_article",
            field=models.CharField(db_default="", default="", max_length=200, verbose_name="артикул"),
        ),
        migrations.AddField(
            model_name="pricelistpart",
            name="record_digest",
            field=models.UUIDField(null=True, verbose_name="отпечаток ячеек"),
        ),
        migrations.AddField(
            model_name="pricelistpart",
            name="is_hidden_by_import",
            field=models.BooleanField(db_default=False, default=False, verbose_name="скрыта импортом"),
        ),
        migrations.RunSQL(
            Path(__file__).with_name("price_list_change.sql").read_text(),
            """
            DROP FUNCTION price_list_part_digest(part);
            DROP TRIGGER price_list_part_digest_changed ON price_list_part;
            DROP FUNCTION price_list_part_forget_record();
            DROP TRIGGER price_list_change_update ON part;
            DROP TRIGGER price_list_change_truncate ON part;
            DROP FUNCTION price_list_change_follow();
            """,
        ),
    ]
