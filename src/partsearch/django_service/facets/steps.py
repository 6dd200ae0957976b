"""The steps of the statement that counts facets."""

from django.db import models

from partsearch.catalog.fields import BitStringField
from partsearch.django_service.planes.steps import Mask
from partsearch.django_service.statements.steps import Step


class FacetValues(Step):
    """Values of facets with the number of parts that have them. Of prices, buckets with their lowest and highest price.

    Attributes:
        facet: the place of the facet among those of the statement.
        value: the value as text.
        label: the value as people read it; a bucket has none.
        tie: what orders values with one label and one count.
    """

    facet = models.IntegerField(primary_key=True)
    value = models.TextField()
    label = models.TextField(null=True)  # noqa: DJ001  # a bucket has none
    tie = models.BigIntegerField()
    parts = models.BigIntegerField()
    lowest = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    highest = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta(Step.Meta):
        abstract = True


class Counted(FacetValues):
    """A value of a facet."""


class Ranked(FacetValues):
    """A value of a facet, with its place among those of the facet, and their number."""

    place = models.BigIntegerField()
    distinct = models.BigIntegerField()


class FacetKey(Step):
    """A key of the planes that is a value of a facet."""

    key = models.IntegerField(primary_key=True)


class LayerPlane(Step):
    """The table ``totals_plane``, for a join with the masks of its layers."""

    segment = models.BigIntegerField(primary_key=True)
    layer = models.BigIntegerField()
    key_id = models.IntegerField()
    bits = BitStringField(null=True)
    sparse_bits = BitStringField(null=True)

    class Meta(Step.Meta):
        managed = False
        db_table = "totals_plane"


class FacetMask(Step):
    """The step ``Mask`` of the planes with the planes of its layers."""

    segment = models.BigIntegerField(primary_key=True)
    layer = models.BigIntegerField()
    bits = BitStringField()
    plane = models.ForeignObject(
        LayerPlane,
        models.DO_NOTHING,
        from_fields=["segment", "layer"],
        to_fields=["segment", "layer"],
        related_name="+",
    )

    class Meta(Step.Meta):
        managed = False
        db_table = Mask._meta.db_table


class KeyParts(Step):
    """How many parts have a key, of those that have not changed since the last fold."""

    key = models.IntegerField(primary_key=True)
    parts = models.BigIntegerField()


class FacetParts(Step):
    """How many parts have a value: of those that have changed since the last fold, or of the others."""

    kind = models.TextField(primary_key=True)
    value = models.TextField()
    parts = models.BigIntegerField()
