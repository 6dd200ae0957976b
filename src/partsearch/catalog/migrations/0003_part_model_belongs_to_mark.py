"""A composite foreign key: a part's model belongs to the part's mark. Django's models cannot express it.

ON UPDATE CASCADE: the parts of a model move with it to another mark.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_tables")]
    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE part ADD CONSTRAINT part_model_belongs_to_mark
                FOREIGN KEY (model_id, mark_id) REFERENCES model (id, mark_id) ON UPDATE CASCADE
            """,
            "ALTER TABLE part DROP CONSTRAINT part_model_belongs_to_mark",
        )
    ]
