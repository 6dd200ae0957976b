"""The steps of the statement that counts the names with a text."""

from django.db import models

from partsearch.django_service.steps import Step


class PatternStep(Step):
    """A LIKE pattern."""

    pattern = models.TextField(primary_key=True)

    class Meta(Step.Meta):
        abstract = True


class RareText(PatternStep):
    """The pattern of a text that few names contain."""


class FrequentText(PatternStep):
    """The pattern of a text that many names contain."""
