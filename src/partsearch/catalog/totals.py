"""The tables of the totals; docs/explanation/totals.md explains them, and partsearch.totals uses them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from partsearch.catalog.fields import BitStringField

_TEXT_ATTRIBUTES = ["word", "pair", "phrase"]


class TotalsKey(models.Model):
    """What a part can have: a mark, a word of its name, a digit of its price."""

    id = models.AutoField(primary_key=True)
    attribute = models.TextField()
    value = models.TextField()

    class Meta:
        db_table = "totals_key"
        constraints = [models.UniqueConstraint(fields=["attribute", "value"], name="totals_key_attribute_value_key")]
        indexes = [
            GinIndex(
                OpClass(F("value"), "gin_trgm_ops"),
                condition=Q(attribute__in=_TEXT_ATTRIBUTES),
                fastupdate=False,
                name="totals_key_trigrams",
            )
        ]

    def __str__(self) -> str:
        return f"{self.attribute} {self.value}"


class TotalsSegment(models.Model):
    """A layer of planes of 64,000 ids. A bulk load adds a layer, and a fold makes one of the layers of a segment."""

    pk = models.CompositePrimaryKey("segment", "layer")
    segment = models.BigIntegerField()
    layer = models.BigIntegerField()
    is_summed = models.BooleanField(db_default=False)

    class Meta:
        db_table = "totals_segment"

    def __str__(self) -> str:
        return f"{self.segment} {self.layer}"


class TotalsPlane(models.Model):
    """A bit for each part of a layer: whether it has the key. A plane with few bits is stored compressed."""

    pk = models.CompositePrimaryKey("segment", "layer", "key")
    segment = models.BigIntegerField()
    layer = models.BigIntegerField()
    key = models.ForeignKey(TotalsKey, models.PROTECT, db_constraint=False, db_index=False)
    bits = BitStringField(null=True)
    sparse_bits = BitStringField(null=True)

    class Meta:
        db_table = "totals_plane"

    def __str__(self) -> str:
        return f"{self.segment} {self.layer} {self.key_id}"


class TotalsSum(models.Model):
    """How many shown parts of a layer have the key, and the sum of their prices."""

    pk = models.CompositePrimaryKey("segment", "layer", "key")
    segment = models.BigIntegerField()
    layer = models.BigIntegerField()
    key = models.ForeignKey(TotalsKey, models.PROTECT, db_constraint=False, db_index=False)
    parts = models.IntegerField()
    kopecks = models.BigIntegerField()

    class Meta:
        db_table = "totals_sum"

    def __str__(self) -> str:
        return f"{self.segment} {self.layer} {self.key_id}"


class TotalsChange(models.Model):
    """A part that has changed since the last fold, with what it had before; only its id if it was inserted."""

    id = models.BigAutoField(primary_key=True)
    part_id = models.BigIntegerField()
    name = models.TextField(null=True)  # noqa: DJ001  # an inserted part had no name before
    mark_id = models.BigIntegerField(null=True)
    model_id = models.BigIntegerField(null=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    is_visible = models.BooleanField(null=True)
    attributes = models.JSONField(null=True)

    class Meta:
        db_table = "totals_change"

    def __str__(self) -> str:
        return str(self.part_id)


class TotalsMarkChange(models.Model):
    """A mark whose visibility or country, or a model's visibility, has changed since the last fold."""

    id = models.BigAutoField(primary_key=True)
    mark_id = models.BigIntegerField()

    class Meta:
        db_table = "totals_mark_change"

    def __str__(self) -> str:
        return str(self.mark_id)


class TotalsState(models.Model):
    """The one row says whether the planes are complete, and which keys of json_data they know.

    Attributes:
        is_ready: every segment is built.
        tracked_params: the keys of json_data that are written into the planes.
        ready_params: those of them that all planes have, so that searches may use them.
    """

    id = models.IntegerField(primary_key=True)
    is_ready = models.BooleanField()
    tracked_params = ArrayField(models.TextField())
    ready_params = ArrayField(models.TextField())

    class Meta:
        db_table = "totals_state"

    def __str__(self) -> str:
        return "ready" if self.is_ready else "not ready"
