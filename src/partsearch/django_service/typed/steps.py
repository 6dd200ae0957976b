"""The steps of the statements that count the names with a text."""

from django.db import models

from partsearch.django_service.statements.steps import Step


class PatternStep(Step):
    """A LIKE pattern."""

    pattern = models.TextField(primary_key=True)

    class Meta(Step.Meta):
        abstract = True


class RareText(PatternStep):
    """The pattern of a text that few names contain."""


class FrequentText(PatternStep):
    """The pattern of a text that many names contain."""


class ShortText(Step):
    """One or two letters."""

    piece = models.TextField(primary_key=True)


class PieceKey(Step):
    """A piece with its key of the planes; NULL if no name has it."""

    piece = models.TextField(primary_key=True)
    key = models.IntegerField(null=True)


class ChangedName(Step):
    """A part that has changed since the last fold, with its name if it is shown."""

    part_id = models.BigIntegerField(primary_key=True)
    name = models.TextField(null=True)  # noqa: DJ001  # a part that is not shown has no name here
