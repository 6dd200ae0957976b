"""The ways in which people write marks and models: rows that ship with the project and can be edited."""

from typing import Any

from django.db import models
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from partsearch.catalog.vehicle_names import AliasUse
from partsearch.contract.text.folding import join

SEPARATOR = "\t"
"""Between the columns that ``shipped_key`` and ``shipped_values`` repeat."""

LONGEST_NAME = 200
"""The length of the names in the tables ``mark`` and ``model``."""


def _joined(first: str, *others: str) -> Concat:
    separated = [expression for column in others for expression in (Value(SEPARATOR), F(column))]
    return Concat(F(first), *separated, output_field=models.TextField())


AS_SHIPPED = Q(is_active=True, shipped_key=_joined("mark", "model", "alias"), shipped_values=_joined("use", "country"))
"""The rows that are as the project ships them."""


class VehicleAlias(models.Model):
    """A way of writing a mark, or a model if ``model`` is not empty. The canonical name is an alias of its own.

    The marks and models here are names, not rows of ``mark`` and ``model``: an import makes those that it needs.
    ``shipped_key`` and ``shipped_values`` are what the project shipped. A row that differs from them was edited, and no
    release overwrites it; where they are ``NULL`` the row is a user's own.
    """

    alias = models.CharField("как пишут", max_length=LONGEST_NAME)
    alias_key = models.CharField(max_length=2 * LONGEST_NAME, editable=False)
    mark = models.CharField("марка", max_length=LONGEST_NAME)
    model = models.CharField("модель", max_length=LONGEST_NAME, blank=True, db_default="")
    use = models.CharField(
        "когда учитывать",
        max_length=10,
        default=AliasUse.BY_RULE,
        db_default=AliasUse.BY_RULE.value,
        choices=[
            (AliasUse.BY_RULE.value, "по общему правилу"),
            (AliasUse.BESIDE_PARTNER.value, "только рядом: марка с моделью, модель с маркой"),
            (AliasUse.ALONE.value, "и без пары"),
            (AliasUse.CAPITALS.value, "и без пары, если написано с теми же заглавными"),
        ],
    )
    country = models.CharField("страна марки", max_length=LONGEST_NAME, blank=True, db_default="")
    is_active = models.BooleanField("учитывать", default=True, db_default=True)
    shipped_key = models.TextField(null=True, editable=False)  # noqa: DJ001  # it is unique but for users' own rows
    shipped_values = models.TextField(null=True, editable=False)  # noqa: DJ001  # as shipped_key

    class Meta:
        app_label = "catalog"
        db_table = "vehicle_alias"
        verbose_name = "написание марки или модели"
        verbose_name_plural = "написания марок и моделей"
        ordering = ["mark", "model", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mark", "model", "alias"],
                name="vehicle_alias_meaning",
                violation_error_message="Такое написание этой марки или модели уже есть.",
            ),
            models.UniqueConstraint(fields=["shipped_key"], name="vehicle_alias_shipped_key"),
        ]
        indexes = [models.Index(fields=["alias_key"], name="vehicle_alias_key")]

    def __str__(self) -> str:
        return f"{self.alias} → {self.meaning}"

    def save(self, *arguments: Any, **options: Any) -> None:
        """Save the row with the key of its alias."""
        self.alias_key = join(self.alias)
        super().save(*arguments, **options)

    @property
    def meaning(self) -> str:
        """The mark and the model that the alias means."""
        return f"{self.mark} {self.model}".strip()

    @property
    def is_own(self) -> bool:
        """Whether a user added the row."""
        return self.shipped_key is None

    @property
    def is_as_shipped(self) -> bool:
        """Whether the row is as the project ships it."""
        key = SEPARATOR.join((self.mark, self.model, self.alias))
        values = SEPARATOR.join((self.use, self.country))
        return self.is_active and (self.shipped_key, self.shipped_values) == (key, values)


def active_aliases(text: str) -> QuerySet[VehicleAlias]:
    """Return the active rows whose alias is a spelling of the text."""
    return VehicleAlias.objects.filter(is_active=True, alias_key=join(text))
