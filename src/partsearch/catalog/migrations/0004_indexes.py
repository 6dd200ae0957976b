"""The indexes of the searches: one for each combination of filters that needs its own."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_part_model_belongs_to_mark"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="part",
            index=models.Index(
                condition=models.Q(("is_visible", True)),
                fields=["mark", "color", "id"],
                include=("model", "is_new_part", "price", "name_normalized"),
                name="part_mark_color",
            ),
        ),
        migrations.AddIndex(
            model_name="part",
            index=models.Index(
                condition=models.Q(("is_visible", True)),
                fields=["mark", "is_new_part", "id"],
                include=("model", "price"),
                name="part_mark_condition",
            ),
        ),
        migrations.AddIndex(
            model_name="part",
            index=models.Index(fields=["model", "id"], name="part_model"),
        ),
        migrations.AddIndex(
            model_name="part",
            index=models.Index(
                condition=models.Q(("is_visible", True)),
                fields=["price"],
                include=("id", "mark", "model"),
                name="part_price",
            ),
        ),
        migrations.AddIndex(
            model_name="part",
            index=models.Index(
                condition=models.Q(("is_visible", True)),
                fields=["id"],
                include=("mark", "model", "price"),
                name="part_shown",
            ),
        ),
        migrations.AddIndex(
            model_name="part",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("name_normalized"), "gin_trgm_ops"),
                condition=models.Q(("is_visible", True)),
                fastupdate=False,
                name="part_name_trigrams",
            ),
        ),
        migrations.AddIndex(
            model_name="part",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("attributes"), "jsonb_path_ops"),
                condition=models.Q(("is_visible", True)),
                fastupdate=False,
                name="part_attributes",
            ),
        ),
    ]
