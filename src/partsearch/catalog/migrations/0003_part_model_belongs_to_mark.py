"""A part's model belongs to the part's mark: a composite foreign key, which Django's models cannot say.

ON UPDATE CASCADE: a model that is moved to another mark takes its parts along.
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
