"""The extension pg_trgm, and the SQL functions of the generated columns."""

from pathlib import Path

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

_NAMES_AND_ARGUMENTS = (
    "partsearch_is_new_part(jsonb)",
    "partsearch_color(jsonb)",
    "partsearch_attributes(jsonb)",
    "partsearch_normalize(text)",
)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        TrigramExtension(),
        migrations.RunSQL(
            (Path(__file__).with_name("functions.sql")).read_text(),
            "".join(f"DROP FUNCTION {function};" for function in _NAMES_AND_ARGUMENTS),
        ),
    ]
