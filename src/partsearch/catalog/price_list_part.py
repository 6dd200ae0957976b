"""The price list and the row that a part was imported from, so that a second import of a list changes nothing."""

from django.db import models


class PriceListPart(models.Model):
    """The origin of an imported part.

    It has its own table, because the contract defines the table ``part``. The triggers of migration 0005 delete it when
    any SQL client deletes the part, also by TRUNCATE, which a foreign key would not allow.

    Attributes:
        list_name: the source.
        row_key: what the next issue of the list is searched for first: the id of the row in the list, its article, or
            else the id of the part.
        row_digest: of all that the row says of the part.
        row_identity: of what lasts while the price and the stock change; NULL for parts of older releases.
        row_article: the normalised article; empty if the row has none.
        record_digest: of the cells of the row and of how they were read; NULL if they have to be read again.
        is_hidden_by_import: the list no longer has the part, or says that it is sold.
    """

    part = models.OneToOneField("catalog.Part", models.DO_NOTHING, primary_key=True, db_constraint=False)
    list_name = models.CharField("прайс-лист", max_length=255)
    row_key = models.CharField("ключ строки", max_length=200)
    row_digest = models.CharField("отпечаток строки", max_length=32)
    row_identity = models.UUIDField("отпечаток постоянных свойств", null=True)
    row_article = models.CharField("артикул", max_length=200, default="", db_default="")
    record_digest = models.UUIDField("отпечаток ячеек", null=True)
    is_hidden_by_import = models.BooleanField("скрыта импортом", default=False, db_default=False)

    class Meta:
        app_label = "catalog"
        db_table = "price_list_part"
        verbose_name = "строка прайс-листа"
        verbose_name_plural = "строки прайс-листов"
        constraints = [models.UniqueConstraint(fields=["list_name", "row_key"], name="price_list_part_row")]

    def __str__(self) -> str:
        return f"{self.list_name}: {self.row_key}"
