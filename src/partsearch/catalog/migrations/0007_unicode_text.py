"""Text is compared in Unicode's form NFKC and without invisible characters; affected rows are recomputed.

Safe while the previous release runs: the columns stay, and ASCII and Cyrillic text is compared as before. The function
is replaced first, so rows written meanwhile are correct at once. An interrupted migration continues in its next run.
"""

from pathlib import Path
from typing import Any

from django.db import migrations

from partsearch.catalog.recompute import recompute

_HERE = Path(__file__).parent
_AFFECTED = "[^ -~«»À-ÿА-яЁё–—]"
"""Any character except those that both functions treat alike."""


def _first_rule() -> str:
    """Return the statement of migration 0001 that created the function."""
    first, _, _ = (_HERE / "functions.sql").read_text().partition(";\n")
    return first.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


def _recompute(_apps: Any, schema_editor: Any) -> None:
    recompute(schema_editor.connection, _AFFECTED)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0006_catalog_notify")]
    operations = [
        # Taken back, a migration runs its operations backwards.
        migrations.RunPython(migrations.RunPython.noop, _recompute),
        migrations.RunSQL((_HERE / "normalize.sql").read_text(), _first_rule()),
        # expand: PostgreSQL's own columns, computed anew for rows that differ, 200 in a transaction.
        migrations.RunPython(_recompute, migrations.RunPython.noop),
    ]
