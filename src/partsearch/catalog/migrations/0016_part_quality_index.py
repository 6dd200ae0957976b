"""The index of the order by relevance. Searches and writes go on while it is built."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F
from django.db.models.expressions import OrderBy

import partsearch.catalog.functions


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0015_search_as_typed")]
    operations = [
        AddIndexConcurrently(
            model_name="part",
            index=models.Index(
                OrderBy(partsearch.catalog.functions.Quality("json_data"), descending=True),
                OrderBy(F("created_at"), descending=True),
                F("id"),
                condition=models.Q(("is_visible", True)),
                name="part_quality",
            ),
        ),
    ]
