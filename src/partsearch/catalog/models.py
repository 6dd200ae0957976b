"""The three tables of the contract, with the generated columns that the searches use."""

from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from partsearch.catalog.functions import (
    Color,
    IsNewPart,
    Normalized,
    NormalizedAttributes,
    PartNumbers,
    PartNumberStarts,
    Quality,
)
from partsearch.contract.limits import PRICE_MAXIMUM

SHOWN = Q(is_visible=True)


class Mark(models.Model):
    """A mark: a make of cars."""

    name = models.CharField("название", max_length=200)
    producer_country_name = models.CharField("страна", max_length=200, blank=True, db_default="")
    is_visible = models.BooleanField("показывать", default=True, db_default=True)
    name_normalized = models.GeneratedField(
        expression=Normalized("name"), output_field=models.TextField(), db_persist=True, editable=False
    )
    producer_country_name_normalized = models.GeneratedField(
        expression=Normalized("producer_country_name"), output_field=models.TextField(), db_persist=True, editable=False
    )

    class Meta:
        db_table = "mark"
        verbose_name = "марка"
        verbose_name_plural = "марки"
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["id"], name="mark_hidden", condition=~SHOWN)]

    def __str__(self) -> str:
        return self.name


class Model(models.Model):
    """A model of a mark."""

    name = models.CharField("название", max_length=200)
    mark = models.ForeignKey(Mark, models.PROTECT, verbose_name="марка", related_name="models")
    is_visible = models.BooleanField("показывать", default=True, db_default=True)
    name_normalized = models.GeneratedField(
        expression=Normalized("name"), output_field=models.TextField(), db_persist=True, editable=False
    )

    class Meta:
        db_table = "model"
        verbose_name = "модель"
        verbose_name_plural = "модели"
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["id", "mark"], name="model_id_mark_id_key")]
        indexes = [models.Index(fields=["id"], name="model_hidden", condition=~SHOWN)]

    def __str__(self) -> str:
        return self.name


class Part(models.Model):
    """A part on sale.

    The composite foreign key (model, mark) of migration 0003 ensures that the part's model belongs to the part's mark;
    the two foreign keys of Django need no constraints of their own.
    """

    name = models.CharField("название", max_length=400)
    mark = models.ForeignKey(
        Mark, models.PROTECT, verbose_name="марка", related_name="parts", db_constraint=False, db_index=False
    )
    model = models.ForeignKey(
        Model, models.PROTECT, verbose_name="модель", related_name="parts", db_constraint=False, db_index=False
    )
    price = models.DecimalField(
        "цена",
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(PRICE_MAXIMUM)],
    )
    json_data = models.JSONField("свойства", default=dict, blank=True, db_default=Value({}, models.JSONField()))
    is_visible = models.BooleanField("показывать", default=True, db_default=True)
    created_at = models.DateTimeField("добавлена", db_default=Now(), editable=False)
    updated_at = models.DateTimeField("изменена", db_default=Now(), editable=False)
    name_normalized = models.GeneratedField(
        expression=Normalized("name"), output_field=models.TextField(), db_persist=True, editable=False
    )
    attributes = models.GeneratedField(
        expression=NormalizedAttributes("json_data"), output_field=models.JSONField(), db_persist=True, editable=False
    )
    color = models.GeneratedField(
        expression=Color("json_data"), output_field=models.TextField(null=True), db_persist=True, editable=False
    )
    is_new_part = models.GeneratedField(
        expression=IsNewPart("json_data"), output_field=models.BooleanField(null=True), db_persist=True, editable=False
    )

    class Meta:
        db_table = "part"
        verbose_name = "запчасть"
        verbose_name_plural = "запчасти"
        ordering = ["id"]
        indexes = [
            # Name, mark and color together by an index-only scan: the name is compared in the index.
            models.Index(
                fields=["mark", "color", "id"],
                include=["model", "is_new_part", "price", "name_normalized"],
                condition=SHOWN,
                name="part_mark_color",
            ),
            # The marks of a country, new or used, counted and summed by an index-only scan.
            models.Index(
                fields=["mark", "is_new_part", "id"],
                include=["model", "price"],
                condition=SHOWN,
                name="part_mark_condition",
            ),
            models.Index(fields=["model", "id"], name="part_model"),
            models.Index(fields=["price"], include=["id", "mark", "model"], condition=SHOWN, name="part_price"),
            # Every shown part in the order of the answer, for a search with few filters.
            models.Index(fields=["id"], include=["mark", "model", "price"], condition=SHOWN, name="part_shown"),
            GinIndex(
                OpClass(F("name_normalized"), "gin_trgm_ops"),
                condition=SHOWN,
                fastupdate=False,
                name="part_name_trigrams",
            ),
            GinIndex(
                OpClass(F("attributes"), "jsonb_path_ops"), condition=SHOWN, fastupdate=False, name="part_attributes"
            ),
            # A part number in any writing, also one of several: the normalised ones are nowhere but in this index.
            GinIndex(PartNumbers("json_data"), condition=SHOWN, fastupdate=False, name="part_numbers"),
            # A part number by its start.
            GinIndex(PartNumberStarts("json_data"), condition=SHOWN, fastupdate=False, name="part_number_starts"),
            # The orders of a search: by relevance among parts of one rank, and the newest first.
            models.Index(
                Quality("json_data").desc(), F("created_at").desc(), "id", condition=SHOWN, name="part_quality"
            ),
            models.Index(fields=["-created_at", "id"], condition=SHOWN, name="part_created"),
        ]
        constraints = [
            # The upper bound excludes NaN, which PostgreSQL treats as larger than any number.
            models.CheckConstraint(name="part_price_range", condition=Q(price__range=(0, PRICE_MAXIMUM))),
            models.CheckConstraint(
                name="part_json_data_is_object",
                condition=Q(
                    models.lookups.Exact(
                        Func("json_data", function="jsonb_typeof", output_field=models.TextField()), "object"
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


from partsearch.catalog.catalog_key import CatalogKey  # noqa: E402
from partsearch.catalog.price_list_import import PriceListChange, PriceListImport  # noqa: E402
from partsearch.catalog.price_list_part import PriceListPart  # noqa: E402  # it references Part
from partsearch.catalog.synonym import MissedSearch, Synonym  # noqa: E402
from partsearch.catalog.totals import (  # noqa: E402
    TotalsChange,
    TotalsKey,
    TotalsMarkChange,
    TotalsPlane,
    TotalsSegment,
    TotalsState,
    TotalsSum,
)
from partsearch.catalog.unfinished_generation import UnfinishedGeneration  # noqa: E402
from partsearch.catalog.vehicle_alias import VehicleAlias  # noqa: E402

__all__ = [
    "CatalogKey",
    "Mark",
    "MissedSearch",
    "Model",
    "Part",
    "PriceListChange",
    "PriceListImport",
    "PriceListPart",
    "Synonym",
    "TotalsChange",
    "TotalsKey",
    "TotalsMarkChange",
    "TotalsPlane",
    "TotalsSegment",
    "TotalsState",
    "TotalsSum",
    "UnfinishedGeneration",
    "VehicleAlias",
]
