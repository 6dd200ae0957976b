"""The table of the ways in which people write marks and models. ``migrate`` fills it: see ``vehicle_names/shipped.py``.

Safe while the previous release runs: it does not know the table.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0011_price_list_import")]
    operations = [
        migrations.CreateModel(
            name="VehicleAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alias", models.CharField(max_length=200, verbose_name="как пишут")),
                ("alias_key", models.CharField(editable=False, max_length=400)),
                ("mark", models.CharField(max_length=200, verbose_name="марка")),
                ("model", models.CharField(blank=True, db_default="", max_length=200, verbose_name="модель")),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("rule", "по общему правилу"),
                            ("beside", "только рядом: марка с моделью, модель с маркой"),
                            ("alone", "и без пары"),
                            ("capitals", "и без пары, если написано с теми же заглавными"),
                        ],
                        db_default="rule",
                        default="rule",
                        max_length=10,
                        verbose_name="когда учитывать",
                    ),
                ),
                ("country", models.CharField(blank=True, db_default="", max_length=200, verbose_name="страна марки")),
                ("is_active", models.BooleanField(db_default=True, default=True, verbose_name="учитывать")),
                ("shipped_key", models.TextField(editable=False, null=True)),
                ("shipped_values", models.TextField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "написание марки или модели",
                "verbose_name_plural": "написания марок и моделей",
                "db_table": "vehicle_alias",
                "ordering": ["mark", "model", "id"],
                "indexes": [models.Index(fields=["alias_key"], name="vehicle_alias_key")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("mark", "model", "alias"),
                        name="vehicle_alias_meaning",
                        violation_error_message="Такое написание этой марки или модели уже есть.",
                    ),
                    models.UniqueConstraint(fields=("shipped_key",), name="vehicle_alias_shipped_key"),
                ],
            },
        ),
    ]
