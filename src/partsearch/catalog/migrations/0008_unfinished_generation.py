"""The table of unfinished generations. Safe while the previous release runs: it does not use it."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_unicode_text")]
    operations = [
        migrations.CreateModel(
            name="UnfinishedGeneration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shape", models.CharField(max_length=20)),
                ("seed", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
                ("first_id", models.BigIntegerField()),
                (
                    "blocks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                (
                    "buffered_indexes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
            ],
            options={
                "db_table": "unfinished_generation",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("shape", "seed", "number"), name="unfinished_generation_command")
                ],
            },
        ),
    ]
