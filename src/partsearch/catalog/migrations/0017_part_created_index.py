"""The index of the order by age. Searches and writes go on while it is built."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0016_part_quality_index")]
    operations = [
        AddIndexConcurrently(
            model_name="part",
            index=models.Index(
                fields=["-created_at", "id"], condition=models.Q(("is_visible", True)), name="part_created"
            ),
        ),
    ]
