"""The steps of the statement that answers a search from the planes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from partsearch.catalog.fields import BitStringField
from partsearch.django_service.statements.steps import Step


class Usable(Step):
    """One row if the planes can answer the search; none otherwise."""

    id = models.IntegerField(primary_key=True)


class Term(Step):
    """A key that meets a condition on price or params."""

    condition = models.TextField(primary_key=True)
    attribute = models.TextField()
    value = models.TextField()


class Condition(Step):
    """A condition on price or params: a part must have one of its keys."""

    condition = models.TextField(primary_key=True)
    keys = ArrayField(models.IntegerField())


class Candidate(Step):
    """The bits of the parts of a layer that meet all conditions of the search; NULL if none does."""

    segment = models.BigIntegerField(primary_key=True)
    layer = models.BigIntegerField()
    bits = BitStringField(null=True)


class KnownSums(Step):
    """A layer whose count and sum are known, in an array: segment, layer, parts and kopecks."""

    sums = ArrayField(models.BigIntegerField(), primary_key=True)


class Sums(Step):
    """How many parts of a layer match, and the sum of their prices, known without their bits."""

    segment = models.BigIntegerField(primary_key=True)
    layer = models.BigIntegerField()
    parts = models.BigIntegerField()
    kopecks = models.BigIntegerField()


class Changed(Step):
    """A part that has changed since the last fold: the planes hold what it was."""

    part_id = models.BigIntegerField(primary_key=True)


class ChangedBits(Step):
    """The bits of the changed parts of a segment."""

    segment = models.BigIntegerField(primary_key=True)
    bits = BitStringField()


class Mask(Step):
    """The bits of the matches of a layer that have not changed."""

    segment = models.BigIntegerField(primary_key=True)
    layer = models.BigIntegerField()
    bits = BitStringField()


class ChangedMatch(Step):
    """A changed part, with its price and rank if it matches as it is now, and NULL if it does not."""

    part_id = models.BigIntegerField(primary_key=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    rank = models.IntegerField(null=True)


class RankMask(Step):
    """The bits of the matches of a layer, and of the parts with the phrase and with the words of ``q``."""

    segment = models.BigIntegerField(primary_key=True)
    bits = BitStringField()
    in_phrase = BitStringField(null=True)
    in_words = BitStringField(null=True)


class SegmentParts(Step):
    """How many parts of a segment match: of one layer, or one that has changed."""

    segment = models.BigIntegerField(primary_key=True)
    parts = models.BigIntegerField()


class SegmentTotal(Step):
    """How many parts of a segment match."""

    segment = models.BigIntegerField(primary_key=True)
    parts = models.BigIntegerField()


class Counted(Step):
    """How many parts of a segment match, and how many of the segments before."""

    segment = models.BigIntegerField(primary_key=True)
    parts = models.BigIntegerField()
    before = models.BigIntegerField()

    class Meta(Step.Meta):
        abstract = True


class SegmentCount(Counted):
    """A segment that has matches."""


class PageSegment(Counted):
    """A segment that has rows of the page."""


class MatchBits(Step):
    """Bits of the matches of a segment that has rows of the page: of one layer, or of the changed parts."""

    segment = models.BigIntegerField(primary_key=True)
    bits = BitStringField()


class Run(Step):
    """The bits of the matches from a position of a segment on, and how many matches come before them."""

    segment = models.BigIntegerField(primary_key=True)
    position = models.IntegerField()
    before = models.BigIntegerField()
    bits = BitStringField()

    class Meta(Step.Meta):
        abstract = True


class Segment(Run):
    """The run of a whole segment that has rows of the page."""


class Block(Run):
    """A run of 1,600 bits of a segment that has rows of the page."""


class Piece(Run):
    """A run of 40 bits of a block that has rows of the page."""


class Place(Run):
    """A bit of a piece that has rows of the page."""
