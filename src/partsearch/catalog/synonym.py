"""Other names, abbreviations and words for properties, and the searches that found nothing: rows for the admin."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, JSONObject, Now

from partsearch.contract.text.normalized import normalize

LONGEST_WRITTEN = 200

AS_SHIPPED = Q(
    is_active=True,
    shipped_key=F("written"),
    shipped_values=Cast(JSONObject(kind=F("kind"), meanings=F("meanings"), params=F("params")), models.TextField()),
)
"""The rows that are as the project ships them."""


class Synonym(models.Model):
    """A text that people type, and what it means: texts that names contain, or keys of ``json_data``.

    ``shipped_key`` and ``shipped_values`` are what the project shipped. A row that differs from them was edited, and no
    release overwrites it; where they are ``NULL`` the row is a user's own.
    """

    written = models.CharField("как пишут", max_length=LONGEST_WRITTEN)
    kind = models.CharField(
        "вид",
        max_length=20,
        default="synonym",
        db_default="synonym",
        choices=[("synonym", "другое название"), ("abbreviation", "сокращение")],
    )
    meanings = ArrayField(
        models.CharField(max_length=LONGEST_WRITTEN),
        verbose_name="что есть в названиях",
        default=list,
        blank=True,
        db_default=Value([], ArrayField(models.TextField())),
    )
    params = models.JSONField("или свойства", default=dict, blank=True, db_default=Value({}, models.JSONField()))
    is_active = models.BooleanField("учитывать", default=True, db_default=True)
    shipped_key = models.TextField(null=True, editable=False)  # noqa: DJ001  # it is unique but for users' own rows
    shipped_values = models.TextField(null=True, editable=False)  # noqa: DJ001  # as shipped_key

    class Meta:
        app_label = "catalog"
        db_table = "synonym"
        verbose_name = "синоним"
        verbose_name_plural = "синонимы и сокращения"
        ordering = ["written", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["written"],
                name="synonym_written",
                violation_error_message="Такая запись уже есть: измените её.",
            ),
            models.UniqueConstraint(fields=["shipped_key"], name="synonym_shipped_key"),
        ]

    def __str__(self) -> str:
        return self.written

    def save(self, *arguments: Any, **options: Any) -> None:
        """Save the row with its texts normalised."""
        self.written = normalize(self.written)
        self.meanings = [normalize(meaning) for meaning in self.meanings]
        super().save(*arguments, **options)

    @property
    def is_own(self) -> bool:
        """Whether a user added the row."""
        return self.shipped_key is None


class MissedSearch(models.Model):
    """A text in ``q`` that found nothing: how often, and when last. Nothing is kept of who searched."""

    words = models.CharField("что искали", max_length=200)
    times = models.BigIntegerField("сколько раз", default=1, db_default=1)
    last_seen = models.DateTimeField("последний раз", db_default=Now())

    class Meta:
        app_label = "catalog"
        db_table = "missed_search"
        verbose_name = "поиск без результата"
        verbose_name_plural = "поиски без результата"
        ordering = ["-times", "-last_seen", "id"]
        constraints = [models.UniqueConstraint(fields=["words"], name="missed_search_words")]
        indexes = [models.Index(fields=["last_seen"], name="missed_search_last_seen")]

    def __str__(self) -> str:
        return self.words
