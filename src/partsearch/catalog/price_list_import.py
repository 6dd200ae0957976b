"""The imports of price lists, and what the last one of each source has changed, so that it can be taken back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class PriceListImport(models.Model):
    """One import of a price list.

    Attributes:
        source: whose list it is; ``price_list_part.list_name`` of its parts.
        file_sha256: of the file as it was read.
        account: who has run the import.
        counts: what became of the rows and the parts, by name.
        created_mark_ids, created_model_ids: the marks and models that the import has created.
        profile: how the list was read, as TOML, for the next import of the source; empty if that was found.
        is_partial: the list was only a part of the one of the source.
        has_changes: it has changed something, and so it can be taken back while no later one has.
        undone_at: when it was taken back.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=255)
    file_name = models.TextField()
    file_sha256 = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    account = models.TextField()
    counts = models.JSONField(default=dict)
    created_mark_ids = ArrayField(models.BigIntegerField(), default=list)
    created_model_ids = ArrayField(models.BigIntegerField(), default=list)
    profile = models.TextField(default="", blank=True)
    is_partial = models.BooleanField()
    has_changes = models.BooleanField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "catalog"
        db_table = "price_list_import"
        default_permissions = ()
        indexes = [models.Index(fields=["source", "id"], name="price_list_import_source")]

    def __str__(self) -> str:
        return f"{self.id} {self.source}"


class PriceListChange(models.Model):
    """What an import has done to one part. The part may be gone by now: there is no foreign key to it.

    Attributes:
        kind: ``new``, ``changed``, ``hidden``, ``shown``; ``key`` if only its row of ``price_list_part`` has changed.
        before: the columns of the part and of its origin before the import; NULL for a new part.
        written_digest: of the part as the import has left it; NULL if the import has not written the part.
    """

    pk = models.CompositePrimaryKey("import_id", "part_id")
    import_id = models.BigIntegerField()
    part_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    before = models.JSONField(null=True)
    written_digest = models.UUIDField(null=True)

    class Meta:
        app_label = "catalog"
        db_table = "price_list_change"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.import_id} {self.kind} {self.part_id}"
