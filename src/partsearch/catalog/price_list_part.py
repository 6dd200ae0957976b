"""Which part came from which row of which price list: what makes importing a list twice change nothing."""

from django.db import models


class PriceListPart(models.Model):
    """The origin of a part that was imported.

    It is beside the table ``part``, which stays as the contract has it. Migration 0005 has it follow the part: it goes
    with a part that is deleted by any SQL client, also by TRUNCATE, which a foreign key would refuse.
    """

    part = models.OneToOneField("catalog.Part", models.DO_NOTHING, primary_key=True, db_constraint=False)
    list_name = models.CharField("прайс-лист", max_length=255)
    row_key = models.CharField("ключ строки", max_length=200)
    row_digest = models.CharField("отпечаток строки", max_length=32)

    class Meta:
        app_label = "catalog"
        db_table = "price_list_part"
        verbose_name = "строка прайс-листа"
        verbose_name_plural = "строки прайс-листов"
        constraints = [models.UniqueConstraint(fields=["list_name", "row_key"], name="price_list_part_row")]

    def __str__(self) -> str:
        return f"{self.list_name}: {self.row_key}"
