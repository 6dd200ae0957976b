"""The steps of a statement: queries of its WITH clause.

Each has a model, so that what follows is a query set over it. The fields are its columns in their order.
"""

# ruff: noqa: DJ008  # they are only ever queried for values

from typing import ClassVar, Self

from django.apps.registry import Apps
from django.db import models


class Step(models.Model):
    """A query of the WITH clause. The registry of its own keeps the models away from the migrations."""

    objects: "ClassVar[models.Manager[Self]]"

    class Meta:
        abstract = True
        managed = False
        apps = Apps()
        app_label = "steps"


class Matching(Step):
    """A part that matches, with its price."""

    id = models.BigIntegerField(primary_key=True)
    price = models.DecimalField(max_digits=12, decimal_places=2)


class RankedMatching(Step):
    """A part that matches, with what it is ordered by."""

    id = models.BigIntegerField(primary_key=True)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    rank = models.IntegerField()
    quality = models.SmallIntegerField()
    created_at = models.DateTimeField()
