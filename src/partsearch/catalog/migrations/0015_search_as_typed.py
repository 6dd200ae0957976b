"""The times of parts, what ranks them, the synonyms, and the searches that found nothing.

Safe while the previous release runs: it does not know the tables and the function, and the database fills the columns
for it. The columns are added without writing the rows: all that exist get the time of the migration.
"""

from pathlib import Path
from typing import Any

import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.db import migrations, models


def _time(label: str) -> Any:
    return models.DateTimeField(
        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name=label
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0014_part_numbers_index")]
    operations = [
        migrations.AddField(model_name="part", name="created_at", field=_time("добавлена")),
        migrations.AddField(model_name="part", name="updated_at", field=_time("изменена")),
        migrations.RunSQL(
            Path(__file__).with_name("part_times.sql").read_text(),
            """
            DROP TRIGGER part_times ON part;
            DROP FUNCTION partsearch_part_times();
            DROP FUNCTION partsearch_quality(jsonb);
            """,
        ),
        migrations.CreateModel(
            name="Synonym",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written", models.CharField(max_length=200, verbose_name="как пишут")),
                (
                    "kind",
                    models.CharField(
                        choices=[("synonym", "другое название"), ("abbreviation", "сокращение")],
                        db_default="synonym",
                        default="synonym",
                        max_length=20,
                        verbose_name="вид",
                    ),
                ),
                (
                    "meanings",
                    django.contrib.postgres.fields.ArrayField(
                        models.CharField(max_length=200),
                        blank=True,
                        db_default=models.Value([], django.contrib.postgres.fields.ArrayField(models.TextField())),
                        default=list,
                        verbose_name="что есть в названиях",
                    ),
                ),
                (
                    "params",
                    models.JSONField(
                        blank=True,
                        db_default=models.Value({}, models.JSONField()),
                        default=dict,
                        verbose_name="или свойства",
                    ),
                ),
                ("is_active", models.BooleanField(db_default=True, default=True, verbose_name="учитывать")),
                ("shipped_key", models.TextField(editable=False, null=True)),
                ("shipped_values", models.TextField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "синоним",
                "verbose_name_plural": "синонимы и сокращения",
                "db_table": "synonym",
                "ordering": ["written", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("written",),
                        name="synonym_written",
                        violation_error_message="Такая запись уже есть: измените её.",
                    ),
                    models.UniqueConstraint(fields=("shipped_key",), name="synonym_shipped_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MissedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=200, verbose_name="что искали")),
                ("times", models.BigIntegerField(db_default=1, default=1, verbose_name="сколько раз")),
                (
                    "last_seen",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="последний раз"
                    ),
                ),
            ],
            options={
                "verbose_name": "поиск без результата",
                "verbose_name_plural": "поиски без результата",
                "db_table": "missed_search",
                "ordering": ["-times", "-last_seen", "id"],
                "constraints": [models.UniqueConstraint(fields=("words",), name="missed_search_words")],
                "indexes": [models.Index(fields=["last_seen"], name="missed_search_last_seen")],
            },
        ),
    ]
