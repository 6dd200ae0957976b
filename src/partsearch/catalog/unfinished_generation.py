"""The state of a generation that is not finished, so that the same command continues it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class UnfinishedGeneration(models.Model):
    """A generation by COPY, from its first transaction to its last one, which deletes this row.

    The transaction that inserts a block of parts also adds the block to this row. So the row is right after any end of
    the command, the database or the machine, and a finished generation leaves nothing that could be continued.

    Attributes:
        shape, seed, number: the arguments of the command; another command does not continue this one.
        first_id: the id of the first part. The ids up to that of the last one are reserved.
        blocks: the numbers of the blocks that are in the catalog.
        buffered_indexes: the GIN indexes whose buffer the generation turned on, and has to turn off again.
    """

    shape = models.CharField(max_length=20)
    seed = models.BigIntegerField()
    number = models.BigIntegerField()
    first_id = models.BigIntegerField()
    blocks = ArrayField(models.IntegerField(), default=list)
    buffered_indexes = ArrayField(models.TextField(), default=list)

    class Meta:
        app_label = "catalog"
        db_table = "unfinished_generation"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["shape", "seed", "number"], name="unfinished_generation_command")
        ]

    def __str__(self) -> str:
        return f"{self.number} parts, shape {self.shape}, seed {self.seed}"
