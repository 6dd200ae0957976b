"""The three tables."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.lookups
from django.db import migrations, models

import partsearch.catalog.functions


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="название")),
                (
                    "producer_country_name",
                    models.CharField(blank=True, db_default="", max_length=200, verbose_name="страна"),
                ),
                ("is_visible", models.BooleanField(db_default=True, default=True, verbose_name="показывать")),
                (
                    "name_normalized",
                    models.GeneratedField(
                        db_persist=True,
                        expression=partsearch.catalog.functions.Normalized("name"),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "producer_country_name_normalized",
                    models.GeneratedField(
                        db_persist=True,
                        expression=partsearch.catalog.functions.Normalized("producer_country_name"),
                        output_field=models.TextField(),
                    ),
                ),
            ],
            options={
                "verbose_name": "марка",
                "verbose_name_plural": "марки",
                "db_table": "mark",
                "ordering": ["name", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_visible", True), _negated=True), fields=["id"], name="mark_hidden"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Model",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="название")),
                ("is_visible", models.BooleanField(db_default=True, default=True, verbose_name="показывать")),
                (
                    "name_normalized",
                    models.GeneratedField(
                        db_persist=True,
                        expression=partsearch.catalog.functions.Normalized("name"),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "mark",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="models",
                        to="catalog.mark",
                        verbose_name="марка",
                    ),
                ),
            ],
            options={
                "verbose_name": "модель",
                "verbose_name_plural": "модели",
                "db_table": "model",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Part",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=400, verbose_name="название")),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=12,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("9999999999.99")),
                        ],
                        verbose_name="цена",
                    ),
                ),
                (
                    "json_data",
                    models.JSONField(
                        blank=True,
                        db_default=models.Value({}, models.JSONField()),
                        default=dict,
                        verbose_name="свойства",
                    ),
                ),
                ("is_visible", models.BooleanField(db_default=True, default=True, verbose_name="показывать")),
                (
                    "name_normalized",
                    models.GeneratedField(
                        db_persist=True,
                        expression=partsearch.catalog.functions.Normalized("name"),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "attributes",
                    models.GeneratedField(
                        db_persist=True,
                        expression=partsearch.catalog.functions.NormalizedAttributes("json_data"),
                        output_field=models.JSONField(),
                    ),
                ),
                (
                    "color",
                    models.GeneratedField(
                        db_persist=True,
                        expression=partsearch.catalog.functions.Color("json_data"),
                        output_field=models.TextField(null=True),
                    ),
                ),
                (
                    "is_new_part",
                    models.GeneratedField(
                        db_persist=True,
                        expression=partsearch.catalog.functions.IsNewPart("json_data"),
                        output_field=models.BooleanField(null=True),
                    ),
                ),
                (
                    "mark",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="catalog.mark",
                        verbose_name="марка",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="catalog.model",
                        verbose_name="модель",
                    ),
                ),
            ],
            options={
                "verbose_name": "запчасть",
                "verbose_name_plural": "запчасти",
                "db_table": "part",
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="model",
            index=models.Index(
                condition=models.Q(("is_visible", True), _negated=True), fields=["id"], name="model_hidden"
            ),
        ),
        migrations.AddConstraint(
            model_name="model",
            constraint=models.UniqueConstraint(fields=("id", "mark"), name="model_id_mark_id_key"),
        ),
        migrations.AddConstraint(
            model_name="part",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__range", (0, Decimal("9999999999.99")))), name="part_price_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="part",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.Exact(
                        models.Func("json_data", function="jsonb_typeof", output_field=models.TextField()), "object"
                    )
                ),
                name="part_json_data_is_object",
            ),
        ),
    ]
