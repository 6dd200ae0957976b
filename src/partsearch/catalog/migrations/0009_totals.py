"""The tables and triggers of the totals; docs/explanation/totals.md explains them.

Safe while the previous release runs: it does not use them, and they change none of its rows. If the catalog has parts
already, the planes are not ready until they are built: searches read the parts until then.
"""

from pathlib import Path

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import partsearch.catalog.fields

# expand: the DO statements create an aggregate, and set the search path of functions that this migration creates.
_HERE = Path(__file__).parent
_FILES = ("totals_terms.sql", "totals_build.sql", "totals_sums.sql", "totals_fold.sql", "totals_triggers.sql")

_START = """
    ALTER TABLE totals_plane ALTER bits SET STORAGE PLAIN, ALTER sparse_bits SET STORAGE MAIN;
    ALTER TABLE totals_key ALTER id RESTART WITH 100;
    -- The bits of the price's digits have the lowest ids: a search reads their planes with one range of an index.
    INSERT INTO totals_key (id, attribute, value) SELECT bit, 'digit', bit::text FROM generate_series(0, 47) AS bit;
    CREATE SEQUENCE totals_layer;
    INSERT INTO totals_state (id, is_ready, tracked_params, ready_params)
    VALUES (1, false, '{color,is_new_part}', '{color,is_new_part}');
"""

# The triggers exist by now, so that nobody has inserted a part without them.
_READY = "UPDATE totals_state SET is_ready = NOT EXISTS (SELECT FROM part);"

_END = """
    DROP TRIGGER totals_deleted ON model;
    DROP TRIGGER totals_updated ON model;
    DROP TRIGGER totals_deleted ON mark;
    DROP TRIGGER totals_updated ON mark;
    DROP TRIGGER totals_truncated ON part;
    DROP TRIGGER totals_deleted ON part;
    DROP TRIGGER totals_updated ON part;
    DROP TRIGGER totals_inserted ON part;
    DROP FUNCTION totals_model_deleted, totals_model_updated, totals_mark_deleted, totals_mark_updated,
        totals_part_truncated, totals_part_changed, totals_part_inserted, totals_fold,
        totals_apply, totals_fold_marks, totals_merge_layers,
        totals_known_sums, totals_forget_sums, totals_sum_next, totals_sums_of,
        totals_rebuild_segment, totals_terms, totals_build, totals_key_id, totals_price_terms, totals_name_terms,
        totals_pieces, totals_digit_value, totals_param, totals_no_bits, totals_id_at, totals_position_of,
        totals_segment_of;
    DROP AGGREGATE totals_bits (integer, integer), totals_block (integer, integer), totals_blocks (bit, integer);
    DROP SEQUENCE totals_layer;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0008_unfinished_generation"),
    ]

    operations = [
        migrations.CreateModel(
            name="TotalsChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("part_id", models.BigIntegerField()),
                ("name", models.TextField(null=True)),
                ("mark_id", models.BigIntegerField(null=True)),
                ("model_id", models.BigIntegerField(null=True)),
                ("price", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("is_visible", models.BooleanField(null=True)),
                ("attributes", models.JSONField(null=True)),
            ],
            options={
                "db_table": "totals_change",
            },
        ),
        migrations.CreateModel(
            name="TotalsMarkChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mark_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "totals_mark_change",
            },
        ),
        migrations.CreateModel(
            name="TotalsSegment",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "segment", "layer", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("segment", models.BigIntegerField()),
                ("layer", models.BigIntegerField()),
                ("is_summed", models.BooleanField(db_default=False)),
            ],
            options={
                "db_table": "totals_segment",
            },
        ),
        migrations.CreateModel(
            name="TotalsState",
            fields=[
                ("id", models.IntegerField(primary_key=True, serialize=False)),
                ("is_ready", models.BooleanField()),
                ("tracked_params", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("ready_params", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
            ],
            options={
                "db_table": "totals_state",
            },
        ),
        migrations.CreateModel(
            name="TotalsKey",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("attribute", models.TextField()),
                ("value", models.TextField()),
            ],
            options={
                "db_table": "totals_key",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("value"), "gin_trgm_ops"),
                        condition=models.Q(("attribute__in", ["word", "pair", "phrase"])),
                        fastupdate=False,
                        name="totals_key_trigrams",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("attribute", "value"), name="totals_key_attribute_value_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="TotalsPlane",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "segment", "layer", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("segment", models.BigIntegerField()),
                ("layer", models.BigIntegerField()),
                ("bits", partsearch.catalog.fields.BitStringField(null=True)),
                ("sparse_bits", partsearch.catalog.fields.BitStringField(null=True)),
                (
                    "key",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="catalog.totalskey",
                    ),
                ),
            ],
            options={
                "db_table": "totals_plane",
            },
        ),
        migrations.CreateModel(
            name="TotalsSum",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "segment", "layer", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("segment", models.BigIntegerField()),
                ("layer", models.BigIntegerField()),
                ("parts", models.IntegerField()),
                ("kopecks", models.BigIntegerField()),
                (
                    "key",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="catalog.totalskey",
                    ),
                ),
            ],
            options={
                "db_table": "totals_sum",
            },
        ),
        migrations.RunSQL(
            [_START, *((_HERE / name).read_text() for name in _FILES), _READY],
            _END,
        ),
    ]
