"""The index of the starts of part numbers. Searches and writes go on while it is built."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import partsearch.catalog.functions


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0018_part_number_starts")]
    operations = [
        AddIndexConcurrently(
            model_name="part",
            index=django.contrib.postgres.indexes.GinIndex(
                partsearch.catalog.functions.PartNumberStarts("json_data"),
                condition=models.Q(("is_visible", True)),
                fastupdate=False,
                name="part_number_starts",
            ),
        ),
    ]
